import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What time and others have done while tickets were merged, once that is taken back.
@Suite(.timeLimit(.minutes(1))) struct MoveTimeTests {
    /// Until when tickets wait, by ticket and trigger.
    private func waits(_ fixture: TicketingFixture) async throws -> [String] {
        try await fixture.platform.store.read { tx in
            try tx.rows(
                """
                SELECT t.key, w.trigger_id, w.due_at FROM ticketing_trigger_wait w
                JOIN ticketing_ticket t ON t.id = w.ticket_id ORDER BY t.key, w.trigger_id
                """
            ).map {
                "\(try $0.text("key")) \(try $0.int("trigger_id")) \(try $0.instant("due_at"))"
            }
        }
    }

    @Test(
        arguments: [
            // A day off more.
            ["06 08:00": ["2026-01-06": []]],
            // Hours more, by which it was due at ten.
            ["06 08:00": ["2026-01-06": ["05:00-17:00"]]],
            // A day off that was none in the end.
            ["05 12:00": ["2026-01-06": []], "06 08:00": [:]],
        ] as [[String: JSON]])
    func `Hours that were changed while a ticket was merged count as of then`(
        changes: [String: JSON]
    ) async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 13)])
            for title in ["goes on", "is merged", "never was"] { try await fixture.open(title) }
            try await fixture.pass(to: "05 10:00")
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-1"])
            for (time, days) in changes.sorted(by: { $0.key < $1.key }) {
                try await fixture.pass(to: time)
                try await fixture.call(
                    "calendar.update", ["calendar": "berlin", "days": days])
            }
            try await fixture.pass(to: "06 16:00")
            try await fixture.call("ticket.unmerge", ["ticket": "INC-2"])
            await fixture.settle()
            let merged = try await fixture.clock("INC-2", "resolution")
            let other = try await fixture.clock("INC-3", "resolution")
            #expect(other != nil)
            for member in ["state", "due_at", "breached_at", "late", "warned_at", "elapsed_ms"] {
                #expect(merged?[member] == other?[member], "\(member)")
            }
            let breaches = try await fixture.events("sla.breached").map { $0.data["key"] }
            #expect(
                breaches.filter { $0 == "INC-2" }.count == breaches.filter { $0 == "INC-3" }.count)
        }
    }

    @Test func `A trigger whose words are mended meanwhile reminds nobody twice`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "remind", on: "waiting", do: ["message": "Still there?"],
                ["state": "new", "after_ms": 86_400_000])
            for title in ["a", "b"] { try await fixture.open(title) }
            await fixture.pass(.seconds(86_400))
            #expect(try await waits(fixture) == [])
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            await fixture.pass(.seconds(3600))
            try await fixture.call(
                "trigger.update", ["trigger": "remind", "description": "Asks once."])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await waits(fixture) == [])
            await fixture.pass(.seconds(2 * 86_400))
            for key in ["INC-1", "INC-2"] {
                let said = try await fixture.lines(key).filter { $0.hasPrefix("message") }
                #expect(said == ["message Still there?"])
            }
        }
    }

    @Test func `Merges that are taken back in the order in which they were made leave nothing`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "look", on: "waiting", do: ["urgency": 1],
                ["state": "new", "after_ms": 864_000_000])
            for title in ["a", "b", "c"] { try await fixture.open(title) }
            let before = try await waits(fixture)
            #expect(before.count == 3)
            await fixture.pass(.seconds(3600))
            for key in ["INC-1", "INC-2"] {
                try await fixture.call(
                    "ticket.merge", ["ticket": .string(key), "into": "INC-3"])
                await fixture.pass(.seconds(3600))
            }
            for key in ["INC-1", "INC-2"] {
                try await fixture.call("ticket.unmerge", ["ticket": .string(key)])
                await fixture.pass(.seconds(3600))
            }
            #expect(try await waits(fixture) == before)
        }
    }
}
