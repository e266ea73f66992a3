import OpsJSONRPC
import Testing

@testable import OpsCore

/// Fails the first statement of a write, then the second, and so on until the write passes; looks
/// each time at what is left behind.
@Suite struct StoreFaultTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private static let document = SearchDocument(
        ref: Ref("note", 1), title: "Disk", body: "full", labels: ["a"])

    private static func work(_ tx: WriteTransaction) throws {
        let id = try tx.insertNote("note")
        try tx.link(Ref("note", id), "about", Ref("host", "web"))
        try tx.index(document)
        try tx.audit("note.create", Ref("note", id), before: nil, after: nil)
    }

    private struct Contents: Equatable {
        var notes, events, links, documents, audits: Int
    }

    private func contents(_ store: Store) async throws -> Contents {
        Contents(
            notes: try await store.count("note"), events: try await store.count("event"),
            links: try await store.count("link"),
            documents: try await store.count("search_document"),
            audits: try await store.count("audit WHERE action = 'note.create'"))
    }

    @Test func `whichever statement fails, a write is there as a whole or not at all`()
        async throws
    {
        let fault = NthStatement()
        let store = try folder.open { _ in try fault.count() }
        try store.migrate(owner: "notes", Store.noteMigrations)
        let heard = Recorder<Event>()
        store.setCommitListener { events in events.forEach { heard.append($0) } }

        var failures = 0
        while true {
            fault.arm(failures + 1)
            let result = await Task {
                try await store.write(as: .system, reason: "", Self.work)
            }.result
            let isTripped = fault.disarm()
            let found = try await contents(store)
            guard isTripped else {
                try result.get()
                #expect(found == Contents(notes: 1, events: 1, links: 1, documents: 1, audits: 1))
                break
            }
            #expect(throws: Refusal()) { try result.get() }
            #expect(found == Contents(notes: 0, events: 0, links: 0, documents: 0, audits: 0))
            #expect(heard.all.isEmpty)
            failures += 1
        }
        // BEGIN, SAVEPOINT, the work's own statements, RELEASE, the sequences, COMMIT.
        #expect(failures > 15)
        #expect(heard.all.map(\.seq) == [1])
        #expect(try await store.read { try $0.search(SearchQuery("disk")) }.total == 1)
        try await store.checkIntegrity()
        await store.close()
    }

    @Test func `whichever statement of a piece's undoing fails, the others are consistent`()
        async throws
    {
        for sql in ["ROLLBACK TO piece", "RELEASE piece"] {
            let isFailing = Switch()
            let folder = try StoreFolder()
            let store = try folder.open { statement in
                if statement == sql, isFailing.isOn { throw Refusal() }
            }
            try store.migrate(owner: "notes", Store.noteMigrations)
            isFailing.set(true)
            await #expect(throws: Refusal()) {
                try await store.write(as: .system, reason: "") { tx in
                    try tx.insertNote("gone")
                    throw Refusal()
                }
            }
            isFailing.set(false)
            #expect(try await store.writeNote("kept") == 1)
            #expect(try await store.noteTitles() == ["kept"])
            await store.close()
        }
    }

    @Test
    func `whichever statement fails, a database is created as a whole or can be created later`()
        async throws
    {
        var failures = 0
        while true {
            let fault = NthStatement()
            let folder = try StoreFolder()
            fault.arm(failures + 1)
            let result = Result {
                let store = try folder.open { _ in try fault.count() }
                try store.migrate(owner: "notes", Store.noteMigrations)
                return store
            }
            let isTripped = fault.disarm()
            if isTripped {
                #expect(throws: (any Error).self) { _ = try result.get() }
                failures += 1
            } else {
                await (try result.get()).close()
            }
            let again = try folder.open()
            try again.migrate(owner: "notes", Store.noteMigrations)
            #expect(try await again.writeNote("a") == 1)
            #expect(try await again.noteTitles() == ["a"])
            await again.close()
            guard isTripped else { break }
        }
        #expect(failures > 20)
    }
}

/// Fails one statement, counted from the arming.
private final class NthStatement: Sendable {
    private let state = Guarded<(remaining: Int, isTripped: Bool)>((0, false))

    func arm(_ number: Int) { state.withLock { $0 = (number, false) } }

    func count() throws {
        let fails = state.withLock { state in
            guard state.remaining > 0 else { return false }
            state.remaining -= 1
            state.isTripped = state.remaining == 0
            return state.isTripped
        }
        if fails { throw Refusal() }
    }

    /// Answers whether a statement was failed.
    func disarm() -> Bool {
        state.withLock { state in
            defer { state = (0, false) }
            return state.isTripped
        }
    }
}
