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
            try await merge(fixture, while: changes)
            try await fixture.pass(to: "06 16:00")
            try await unmergeAndCompare(fixture)
        }
    }

    @Test(
        arguments: [
            // A day off more, and then one that moves nothing.
            (
                [
                    "05 12:00": ["2026-01-06": []],
                    "06 15:00": ["2026-01-06": [], "2026-01-08": []],
                ],
                "06 12:00"
            ),
            // Hours more, by which it was due at ten, before they went again.
            (["05 12:00": ["2026-01-06": ["05:00-17:00"]], "06 12:00": [:]], "06 11:00"),
            // The same after a day off that was none in the end.
            (
                [
                    "05 11:00": ["2026-01-06": []], "05 12:00": ["2026-01-06": ["05:00-17:00"]],
                    "06 12:00": [:],
                ],
                "06 11:00"
            ),
            // Nothing is left to read back.
            (["05 12:00": ["2026-01-06": []]], "06 12:00"),
            (["05 12:00": ["2026-01-06": ["05:00-17:00"]]], "06 12:00"),
        ] as [([String: JSON], String)])
    func `They do too where the audit log has forgotten the first of them`(
        changes: [String: JSON], forgotten: String
    ) async throws {
        try await TicketingFixture.onMonday { fixture in
            try await merge(fixture, while: changes)
            try await fixture.pass(to: "06 16:00")
            try await forget(before: forgotten, fixture)
            let left = changes.keys.count { $0 >= forgotten }
            #expect(try await fixture.audited("calendar.updated").count == left)
            try await unmergeAndCompare(fixture)
        }
    }

    @Test func `Hours that came and went forgotten make nothing due`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await merge(
                fixture,
                while: ["05 12:00": ["2026-01-06": ["05:00-17:00"]], "06 12:00": [:]])
            try await fixture.pass(to: "06 13:00")
            try await forget(before: "06 13:00", fixture)
            try await fixture.call("ticket.unmerge", ["ticket": "INC-2"])
            await fixture.settle()
            let merged = try await fixture.clock("INC-2", "resolution")
            #expect(merged?["state"] == "running")
            #expect(merged?["due_at"] == (try berlin("06 14:00")))
            #expect(merged?["elapsed_ms"] == 43_200_000)
            // Who was there while they were has seen them.
            #expect(try await fixture.clock("INC-3", "resolution")?["state"] == "breached")
            #expect(try await breaches(of: "INC-2", fixture) == 0)
        }
    }

    /// Opens three tickets on Monday at nine, merges the second at ten, and changes the hours while it
    /// is; the third never was.
    private func merge(_ fixture: TicketingFixture, while changes: [String: JSON]) async throws {
        try await fixture.berlin()
        try await fixture.sla("gold", [SLAHours.target("resolution", hours: 13)])
        for title in ["goes on", "is merged", "never was"] { try await fixture.open(title) }
        try await fixture.pass(to: "05 10:00")
        try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-1"])
        for (time, days) in changes.sorted(by: { $0.key < $1.key }) {
            try await fixture.pass(to: time)
            try await fixture.call("calendar.update", ["calendar": "berlin", "days": days])
        }
    }

    private func unmergeAndCompare(_ fixture: TicketingFixture) async throws {
        try await fixture.call("ticket.unmerge", ["ticket": "INC-2"])
        await fixture.settle()
        let merged = try await fixture.clock("INC-2", "resolution")
        let other = try await fixture.clock("INC-3", "resolution")
        #expect(other != nil)
        for member in ["state", "due_at", "breached_at", "late", "warned_at", "elapsed_ms"] {
            #expect(merged?[member] == other?[member], "\(member)")
        }
        let told = try await breaches(of: "INC-2", fixture)
        #expect(try await breaches(of: "INC-3", fixture) == told)
    }

    private func breaches(of key: String, _ fixture: TicketingFixture) async throws -> Int {
        try await fixture.events("sla.breached").count { $0.data["key"]?.string == key }
    }

    /// What the retention of the audit log does.
    private func forget(before local: String, _ fixture: TicketingFixture) async throws {
        let oldest = try SLAHours.at(local)
        try await fixture.platform.store.writeUnaudited { tx in
            try AuditPruning.prune(olderThan: oldest, limit: 5000, tx)
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

    @Test(
        arguments: [
            [["active": false], ["active": true]], [["state": "on_hold"], ["state": "new"]],
            [["kinds": ["request"]], ["kinds": []]],
        ] as [[JSON.Object]])
    func `A trigger that begins anew while tickets are merged does so for both`(
        changes: [JSON.Object]
    ) async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "remind", on: "waiting", do: ["message": "Still there?"],
                ["state": "new", "after_ms": 86_400_000])
            for title in ["a", "b"] { try await fixture.open(title) }
            await fixture.pass(.seconds(86_400))
            let merged = fixture.time.now()
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            for change in changes {
                await fixture.pass(.seconds(3600))
                var members = change
                members["trigger"] = "remind"
                try await fixture.call("trigger.update", .object(members))
            }
            let back = fixture.time.now()
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let due = [back, merged].map { $0 + .seconds(86_400) }
            #expect(try await waits(fixture) == ["INC-1 1 \(due[0])", "INC-2 1 \(due[1])"])
            await fixture.pass(.seconds(2 * 86_400))
            for key in ["INC-1", "INC-2"] {
                let said = try await fixture.lines(key).filter { $0.hasPrefix("message") }
                #expect(said.count == 2, "\(key)")
            }
        }
    }

    @Test func `A trigger that is for more kinds meanwhile is the same for those that waited`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "remind", on: "waiting", do: ["message": "Still there?"],
                ["state": "new", "after_ms": 86_400_000, "kinds": ["incident"]])
            for title in ["a", "b"] { try await fixture.open(title) }
            await fixture.pass(.seconds(86_400))
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            await fixture.pass(.seconds(3600))
            try await fixture.call("trigger.update", ["trigger": "remind", "kinds": []])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await waits(fixture) == [])
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

    @Test func `The moves that were taken back before are not gone through one by one`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let now = fixture.time.now()
            let plan = try await fixture.platform.store.read { tx in
                try tx.rows("EXPLAIN QUERY PLAN \(RestoredWaits.undoneMove)", now, 1, "INC-1")
                    .map { try $0.text("detail") }
            }
            #expect(!plan.isEmpty)
            #expect(plan.allSatisfy { $0.contains("INDEX ticketing_move_undone") }, "\(plan)")
        }
    }
}
