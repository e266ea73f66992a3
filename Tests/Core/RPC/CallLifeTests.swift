import OpsJSONRPC
import Testing

@testable import OpsCore

/// From a call to its one answer: deadlines, cancellations, progress.
@Suite struct CallLifeTests {
    private func code(_ answer: JSON?) -> Int? { answer?["error"]?["code"]?.int }

    // MARK: - Deadlines

    @Test func `a call that takes too long is answered with 1007, once`() async throws {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(1, "hold", ["gate": "a"], meta: ["timeout_ms": 50]))
            _ = await desk.entered.first(1)
            await desk.time.advance(by: .milliseconds(49))
            #expect(desk.lines.entries.isEmpty)
            await desk.time.advance(by: .milliseconds(1))
            _ = await desk.lines.first(1)
            #expect(try await desk.loop.perform { desk.caller.pendingCalls } == 1)
            desk.gate("a").keep()
            try await desk.settle()
            #expect(try desk.answers.map(code) == [1007])
            #expect(try desk.answers[0]["error"]?["data"]?["retryable"] == true)
        }
    }

    @Test func `a call that is quick enough leaves no timer behind`() async throws {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(1, "hold", ["gate": "a"], meta: ["timeout_ms": 50]))
            desk.gate("a").keep()
            _ = await desk.lines.first(1)
            #expect(desk.time.timerCount == 0)
            #expect(try desk.answers[0]["result"]?["title"] == "a")
        }
    }

    @Test func `a call from inside the process keeps its deadline`() async throws {
        try await CallDesk.run { desk in
            var meta = CallMeta()
            meta.timeoutMs = 20
            let call = Task { [meta] in
                try await desk.dispatcher.call(
                    "note.hold", ["gate": "a"], as: .system, meta: meta)
            }
            _ = await desk.entered.first(1)
            await desk.time.advance(by: .milliseconds(20))
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == 1007)
        }
    }

    @Test func `a call from inside the process ends with the task that waits for it`()
        async throws
    {
        try await CallDesk.run { desk in
            var meta = CallMeta()
            meta.timeoutMs = 20
            let call = Task { [meta] in
                try await desk.dispatcher.call(
                    "note.hold", ["gate": "a"], as: .system, meta: meta)
            }
            _ = await desk.entered.first(1)
            call.cancel()
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == 1008)
        }
    }

    // MARK: - Cancelling

    @Test func `a cancelled call is answered with 1008 at once, and what it says later is dropped`()
        async throws
    {
        try await CallDesk.run { desk in
            try await desk.send(CallDesk.frame(1, "hold", ["gate": "a"]))
            _ = await desk.entered.first(1)
            try await desk.send(CallDesk.cancel(1))
            _ = await desk.lines.first(1)
            desk.gate("a").keep()
            try await desk.settle()
            #expect(try desk.answers.map(code) == [1008])
            #expect(try desk.answers[0]["id"] == 1)
        }
    }

    @Test func `its id is free again, but its place is not until its handler is done`()
        async throws
    {
        try await CallDesk.run { desk in
            try await desk.send(CallDesk.frame(1, "hold", ["gate": "a"]))
            try await desk.send(CallDesk.cancel(1))
            _ = await desk.lines.first(1)
            let answer = try await desk.ask(1, "count")
            #expect(answer["result"] != nil)
            #expect(try await desk.loop.perform { desk.caller.pendingCalls } == 1)
            let room = Promise<Void>()
            try await desk.loop.perform { desk.caller.onRoom = { room.keep() } }
            desk.gate("a").keep()
            await room.value
            #expect(try await desk.loop.perform { desk.caller.pendingCalls } == 0)
        }
    }

    @Test func `cancelling what is over, or never was, is counted and nothing else`()
        async throws
    {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "count")
            for id in [1, 99] { try await desk.send(CallDesk.cancel(id)) }
            try await desk.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest"}"#)
            #expect(desk.dispatcher.unknownCancelCount == 3)
            #expect(desk.lines.entries.count == 1)
        }
    }

    @Test func `a cancellation that wants an answer is refused`() async throws {
        try await CallDesk.run { desk in
            try await desk.send(
                #"{"jsonrpc":"2.0","id":5,"method":"$/cancelRequest","params":{"id":1}}"#)
            #expect(try desk.answers.map(code) == [-32600])
        }
    }

    @Test func `a call inside a batch can be cancelled, by the same batch or later`() async throws {
        try await CallDesk.run { desk in
            let held = CallDesk.frame(1, "hold", ["gate": "a"])
            let other = CallDesk.frame(2, "hold", ["gate": "b"])
            try await desk.send("[\(held),\(other),\(CallDesk.cancel(1))]")
            try await desk.send(CallDesk.cancel(2))
            let batch = try JSON.parse(await desk.lines.first(1)[0])
            #expect(batch.array?.map(code) == [1008, 1008])
            #expect(batch.array?.map { $0["id"]?.int } == [1, 2])
            for gate in ["a", "b"] { desk.gate(gate).keep() }
            try await desk.settle()
            #expect(desk.lines.entries.count == 1)
        }
    }

    @Test func `what a vanished client was reading is not read on, what it was writing is`()
        async throws
    {
        try await CallDesk.run { desk in
            try await desk.send(CallDesk.frame(1, "hold", ["gate": "a"]))
            try await desk.send(CallDesk.frame(2, "hold_write", ["gate": "b"]))
            _ = await desk.entered.first(2)
            let (reads, writes) = try await desk.loop.perform {
                let open = [1, 2].map { desk.caller.openCall(RequestID($0)) }
                desk.caller.disconnect()
                return (open[0]?.isOver, open[1]?.isOver)
            }
            #expect(reads == true && writes == false)
            for gate in ["a", "b"] { desk.gate(gate).keep() }
            try await desk.settle()
            #expect(try await desk.store.noteTitles() == ["b"])
        }
    }

    // MARK: - Progress

    @Test func `progress comes in order, grows, and never follows the answer`() async throws {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(
                    1, "walk", ["steps": [1, 3, 2, 3, 4.5]], meta: ["progress_token": "t"]))
            let lines = await desk.lines.first(4)
            #expect(
                lines.prefix(3) == [
                    #"$/progress {"progress_token":"t","progress":1,"total":10,"message":"step 0"}"#,
                    #"$/progress {"progress_token":"t","progress":3,"total":10,"message":"step 1"}"#,
                    #"$/progress {"progress_token":"t","progress":4.5,"total":10,"message":"step 4"}"#,
                ])
            #expect(lines[3] == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        }
    }

    @Test func `nobody is told who has not asked`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "walk", ["steps": [1, 2]])
            #expect(desk.session.notices.entries.isEmpty)
        }
    }

    @Test func `a call that was given up reports nothing any more`() async throws {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(
                    1, "walk", ["steps": [1, 2], "gate": "a"], meta: ["progress_token": 1]))
            _ = await desk.lines.first(1)
            try await desk.send(CallDesk.cancel(1))
            _ = await desk.lines.first(2)
            desk.gate("a").keep()
            try await desk.settle()
            #expect(desk.session.notices.entries.count == 1)
        }
    }

    // MARK: - Everything at once

    /// Opens, times out, cancels and finishes calls in a random order of the same moment.
    @Test(.serialized, arguments: 1...60)
    func `however deadline, cancellation and end race, there is one answer`(seed: Int)
        async throws
    {
        try await CallDesk.run { desk in
            var random = SeriesRandom(seed: UInt64(seed))
            let count = 24
            var frames = (1...count).map { id in
                CallDesk.frame(
                    id, "hold", ["gate": .string("\(id)")],
                    meta: ["timeout_ms": .number(JSON.Number(1 + id % 3)), "progress_token": 1])
            }
            if seed.isMultiple(of: 3) { frames = ["[\(frames.joined(separator: ","))]"] }
            for frame in frames { try await desk.send(frame) }
            var deeds: [@Sendable () async throws -> Void] = []
            for id in 1...count {
                deeds.append { desk.gate("\(id)").keep() }
                deeds.append { try await desk.send(CallDesk.cancel(id)) }
            }
            for _ in 1...3 { deeds.append { await desk.time.advance(by: .milliseconds(1)) } }
            deeds.shuffle(using: &random)
            try await withThrowingTaskGroup { group in
                for deed in deeds { group.addTask { try await deed() } }
                try await group.waitForAll()
            }
            try await desk.settle()
            // What is given up is answered in the turn after.
            for _ in 1...3 { try await desk.loop.perform {} }
            let answers = try desk.answers.flatMap { $0.array ?? [$0] }
            #expect(answers.compactMap { $0["id"]?.int }.sorted() == Array(1...count))
            let kinds = Set(answers.map { self.code($0) ?? 0 })
            #expect(kinds.isSubset(of: [0, 1007, 1008]))
        }
    }
}
