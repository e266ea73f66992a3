import Logging
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The triggers as writes find them: read once, never missed, and never in the way.
@Suite(.timeLimit(.minutes(1))) struct TriggerShelfTests {
    /// Keeps what is logged.
    private struct Lines: LogHandler {
        let lines: Guarded<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.withLock { $0.append(event.message.description) } }
    }

    private struct Stop: Error {}

    private func names(_ shelf: TriggerShelf, _ tx: ReadTransaction) throws -> [String] {
        try shelf.active(in: tx).map(\.trigger.name)
    }

    @Test func `A row that cannot be read is passed over and logged once, and tickets are written`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger("broken", rank: 1, on: "created", do: ["urgency": 1])
            try await fixture.trigger("whole", rank: 2, on: "created", do: ["impact": 1])
            try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                _ = try tx.execute(
                    "UPDATE ticketing_trigger SET actions = '[]' WHERE name = 'broken'")
            }
            for number in 1...2 {
                let ticket = try await fixture.call("ticket.create", ["title": "x"])
                #expect(ticket["key"]?.string == "INC-\(number)")
                #expect(ticket["impact"] == 1)
                #expect(ticket["urgency"] == 3)
            }
            let lines = Guarded<[String]>([])
            let shelf = TriggerShelf(Logger(label: "test") { _ in Lines(lines: lines) })
            for _ in 1...3 {
                let found = try await fixture.platform.store.read { try names(shelf, $0) }
                #expect(found == ["whole"])
            }
            #expect(lines.withLock(\.count) == 1)
            #expect(lines.withLock(\.first)?.hasPrefix("trigger:1 can't be read") == true)
        }
    }

    @Test func `A change is seen in its own transaction, and gone with it`() async throws {
        try await TicketingFixture.run { fixture in
            let shelf = TriggerShelf()
            let store = fixture.platform.store
            func now() async throws -> [String] { try await store.read { try names(shelf, $0) } }
            try await fixture.trigger("one", rank: 10, on: "created", do: ["urgency": 1])
            try await fixture.trigger("two", rank: 20, on: "created", do: ["urgency": 1])
            #expect(try await now() == ["one", "two"])
            await #expect(throws: Stop.self) {
                try await store.write(as: .system, reason: "test") { tx in
                    let old = try Trigger.find("one", in: tx)
                    var new = old
                    (new.name, new.rank) = ("three", 30)
                    _ = try new.update(from: old, in: tx)
                    #expect(try names(shelf, tx) == ["two", "three"])
                    throw Stop()
                }
            }
            #expect(try await now() == ["one", "two"])
            // The same generation in the same millisecond, and yet another trigger.
            try await fixture.call("trigger.update", ["trigger": "one", "name": "four"])
            #expect(try await now() == ["four", "two"])
            try await fixture.call("trigger.update", ["trigger": "two", "active": false])
            #expect(try await now() == ["four"])
            try await fixture.call("trigger.delete", ["trigger": "four"])
            #expect(try await now() == [])
        }
    }
}
