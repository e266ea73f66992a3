import Dispatch
import GRDB
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreGroupCommitTests {
    private let folder: StoreFolder
    private let author = Principal("uid:7")

    init() throws { folder = try StoreFolder() }

    private func open(fault: StatementFault? = nil) throws -> Store {
        let store = try folder.open(fault: fault)
        try store.migrate(owner: "notes", Store.noteMigrations)
        return store
    }

    /// Holds the writer with a first piece, queues pieces behind it and lets go.
    ///
    /// The pieces are queued one by one, so that their order is known.
    private func behindABusyWriter(
        _ store: Store, _ bodies: [@Sendable (WriteTransaction) throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let (isHeld, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first: Void = store.writeUnaudited { _ in
            isHeld.signal()
            gate.wait()
        }
        await isHeld.waited()
        let tasks = try await queue(store, bodies)
        gate.signal()
        try await first
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    private func queue(
        _ store: Store, _ bodies: [@Sendable (WriteTransaction) throws -> Void]
    ) async throws -> [Task<Void, any Error>] {
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await store.write(as: author, reason: "", body) })
            while store.statistics.queueLength < tasks.count { await Task.yield() }
        }
        return tasks
    }

    @Test func `everything that waits shares one commit`() async throws {
        let store = try open()
        let before = store.statistics
        let results = try await behindABusyWriter(
            store, (1...20).map { number in { tx in try tx.insertNote("note \(number)") } })
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        let after = store.statistics
        #expect(after.commits == before.commits + 2)
        #expect(after.writes == before.writes + 21)
        #expect(after.largestBatch == 20)
        #expect(after.queueLength == 0)
        #expect(after.lastCommitAt == FixedTime.start)
        #expect(try await store.noteTitles() == (1...20).map { "note \($0)" })
        await store.close()
    }

    @Test func `a failing piece rolls back alone and its numbers leave no gap`() async throws {
        let store = try open()
        let before = store.statistics
        let results = try await behindABusyWriter(
            store,
            [
                { tx in try tx.insertNote("a") },
                { tx in
                    try tx.insertNote("gone")
                    throw Refusal()
                },
                { tx in try tx.insertNote("a") },
                { tx in try tx.insertNote("b") },
            ])
        #expect(results.map { (try? $0.get()) != nil } == [true, false, false, true])
        #expect(throws: Refusal()) { try results[1].get() }
        #expect(throws: StoreError.self) { try results[2].get() }
        #expect(try await store.noteTitles() == ["a", "b"])
        #expect(try await store.eventSequences() == [1, 2])
        #expect(store.statistics.rollbacks == before.rollbacks + 2)
        await store.close()
    }

    @Test func `events arrive in commit order, before the answers, and none of failed pieces`()
        async throws
    {
        let store = try open()
        let heard = Recorder<Event>()
        store.setCommitListener { events in events.forEach { heard.append($0) } }
        let bodies: [@Sendable (WriteTransaction) throws -> Void] = (1...9).map { number in
            { tx in
                try tx.insertNote("\(number)")
                if number % 3 == 0 { throw Refusal() }
            }
        }
        let results = try await behindABusyWriter(store, bodies)
        #expect(results.count { (try? $0.get()) != nil } == 6)
        #expect(heard.all.map(\.seq) == Array(1...6))
        #expect(heard.all.map { $0.data["title"]?.string } == ["1", "2", "4", "5", "7", "8"])
        #expect(store.lastEventSequence == 6)

        let id = try await store.writeNote("ten")
        #expect(heard.all.last?.ref == Ref("note", id), "the listener is called before the answer")
        #expect(heard.all.last?.at == FixedTime.start)
        let stored = try await store.read { tx in
            try tx.rows("SELECT \(Event.columns) FROM event ORDER BY seq").map(Event.init(row:))
        }
        #expect(stored == heard.all)
        await store.close()
    }

    @Test func `when the commit fails every piece fails, nothing is delivered, numbers return`()
        async throws
    {
        let isFailing = Switch()
        let store = try open { sql in
            if sql == "COMMIT", isFailing.isOn { throw StoreError(.io, "the disk is gone") }
        }
        let heard = Recorder<Event>()
        store.setCommitListener { events in events.forEach { heard.append($0) } }
        let results = try await behindABusyWriter(
            store,
            [
                { tx in try tx.insertNote("a") },
                { tx in
                    isFailing.set(true)
                    throw Refusal()
                },
                { tx in try tx.insertNote("b") },
            ])
        for index in [0, 2] {
            let error = #expect(throws: StoreError.self) { try results[index].get() }
            #expect(error?.code == .io)
        }
        #expect(throws: Refusal()) { try results[1].get() }
        #expect(heard.all.isEmpty)
        #expect(try await store.noteTitles() == [])
        #expect(store.statistics.failedCommits == 1)
        #expect(store.statistics.lastError?.contains("the disk is gone") == true)

        isFailing.set(false)
        #expect(try await store.writeNote("c") == 1)
        #expect(heard.all.map(\.seq) == [1])
        await store.close()
    }

    @Test func `when the engine drops the transaction, those before fail and those after run`()
        async throws
    {
        let store = try open()
        let results = try await behindABusyWriter(
            store,
            [
                { tx in try tx.insertNote("before") },
                { tx in
                    // What the engine does by itself when, say, the disk is full.
                    try tx.statements.database.execute(sql: "ROLLBACK")
                    throw StoreError(.full, "no space")
                },
                { tx in try tx.insertNote("after") },
            ])
        #expect(results.map { (try? $0.get()) != nil } == [false, false, true])
        let error = #expect(throws: StoreError.self) { try results[0].get() }
        #expect(error?.code == .aborted)
        let own = #expect(throws: StoreError.self) { try results[1].get() }
        #expect(own?.code == .full)
        #expect(try await store.noteTitles() == ["after"])
        #expect(try await store.eventSequences() == [1])
        await store.close()
    }

    @Test func `a piece that goes on after the engine dropped the transaction writes nothing`()
        async throws
    {
        let store = try open()
        let error = await #expect(throws: StoreError.self) {
            try await store.write(as: author, reason: "") { tx in
                try tx.statements.database.execute(sql: "ROLLBACK")
                try tx.execute("INSERT INTO note (id, title) VALUES (1, 'alone')")
            }
        }
        #expect(error?.code == .aborted)
        #expect(try await store.noteTitles() == [])
        await store.close()
    }

    @Test func `a read that is under way keeps its view while others write`() async throws {
        let store = try open()
        _ = try await store.writeNote("a")
        let isReading = DispatchSemaphore(value: 0)
        let hasWritten = DispatchSemaphore(value: 0)
        async let counts = store.read { tx in
            let count = { try tx.row("SELECT count(*) AS n FROM note")?.int("n") }
            let before = try count()
            isReading.signal()
            hasWritten.wait()
            return [before, try count()]
        }
        await isReading.waited()
        _ = try await store.writeNote("b")
        hasWritten.signal()
        #expect(try await counts == [1, 1])
        #expect(try await store.count("note") == 2)
        await store.close()
    }

    @Test func `closing finishes what waits`() async throws {
        let store = try open()
        let (isHeld, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first: Void = store.writeUnaudited { _ in
            isHeld.signal()
            gate.wait()
        }
        await isHeld.waited()
        let tasks = try await queue(
            store, (1...5).map { number in { tx in try tx.insertNote("\(number)") } })
        async let closed: Void = store.close()
        while !store.writer.isClosed { await Task.yield() }
        await #expect(throws: StoreError.self) { try await store.writeNote("late") }
        gate.signal()
        try await first
        await closed
        for task in tasks { try await task.value }
        let again = try folder.open()
        #expect(try await again.noteTitles() == ["1", "2", "3", "4", "5"])
        await again.close()
    }

    @Test func `a cancelled task's write is carried out`() async throws {
        let store = try open()
        let (isHeld, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first: Void = store.writeUnaudited { _ in
            isHeld.signal()
            gate.wait()
        }
        await isHeld.waited()
        let tasks = try await queue(store, [{ tx in try tx.insertNote("kept") }])
        tasks[0].cancel()
        gate.signal()
        try await first
        try await tasks[0].value
        #expect(try await store.noteTitles() == ["kept"])
        await store.close()
    }
}
