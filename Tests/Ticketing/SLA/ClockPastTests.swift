import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What was before a clock counts as it was: no breach is told that was none, and none is missing.
@Suite struct ClockPastTests {
    private func label(_ fixture: TicketingFixture, _ key: String) async throws {
        try await fixture.call(
            "ticket.update", ["ticket": .string(key), "labels": ["site": "ulm"]])
    }

    private func ulm(_ fixture: TicketingFixture, hours: Int = 2) async throws {
        try await fixture.berlin()
        try await fixture.sla(
            "ulm",
            [
                SLAHours.target("response", hours: 1),
                SLAHours.target("resolution", hours: hours),
            ], ["labels": ["site": "ulm"]])
    }

    @Test func `A first answer that came while none was asked for is not waited for again`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("first", [SLAHours.target("response", hours: 1, priority: 1)])
            let key = try await fixture.open(
                "Down", ["requester": "ann", "impact": 1, "urgency": 1])
            #expect(try await fixture.clock(key, "response")?["state"] == "running")
            try await fixture.call(
                "ticket.update", ["ticket": .string(key), "impact": 3, "urgency": 3])
            #expect(try await fixture.clock(key, "response")?["state"] == "cancelled")
            try await fixture.call("ticket.comment", ["ticket": .string(key), "body": "looking"])
            try await fixture.call(
                "ticket.update", ["ticket": .string(key), "impact": 1, "urgency": 1])
            #expect(try await fixture.clock(key, "response")?["state"] == "cancelled")
            try await fixture.pass(to: "07 09:00")
            #expect(try await fixture.events("sla.breached").isEmpty)
        }
    }

    @Test func `One that did not come goes on being waited for`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("first", [SLAHours.target("response", hours: 1, priority: 1)])
            let key = try await fixture.open(
                "Down", ["requester": "ann", "impact": 1, "urgency": 1])
            for level in [3, 1] as [JSON] {
                try await fixture.call(
                    "ticket.update", ["ticket": .string(key), "impact": level, "urgency": level])
            }
            #expect(try await fixture.clock(key, "response")?["state"] == "running")
        }
    }

    @Test func `A first target on a ticket that is resolved counts what it took, and no answer`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await ulm(fixture)
            let key = try await fixture.open("Down", ["requester": "ann"])
            try await fixture.move(key, "in_progress")
            try await fixture.pass(to: "05 13:00")
            try await fixture.resolve(key, "done")
            try await fixture.pass(to: "05 14:00")
            try await label(fixture, key)
            #expect(try await fixture.clock(key, "response") == nil)
            let resolution = try await fixture.clock(key, "resolution")
            #expect(resolution?["elapsed_ms"] == 14_400_000)
            #expect(resolution?["breached_at"] == (try berlin("05 11:00")))
            let breaches = try await fixture.events("sla.breached")
            #expect(breaches.count == 1)
            #expect(breaches.first?.data["late"] == true)
            #expect(try await fixture.events("sla.warning").isEmpty)
            try await fixture.move(key, "closed")
            #expect(try await fixture.clock(key, "resolution")?["state"] == "breached")
        }
    }

    @Test func `Time on hold before the first target is not counted`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await ulm(fixture, hours: 4)
            let key = try await fixture.open("Down", ["requester": "ann"])
            try await fixture.pass(to: "05 10:00")
            try await fixture.hold(key)
            try await fixture.pass(to: "05 14:00")
            try await fixture.move(key, "in_progress")
            try await fixture.pass(to: "05 15:00")
            try await label(fixture, key)
            let resolution = try await fixture.clock(key, "resolution")
            #expect(resolution?["elapsed_ms"] == 7_200_000)
            #expect(resolution?["due_at"] == (try berlin("05 17:00")))
            let stretches = try await fixture.call("sla.explain", ["ticket": .string(key)])
            let own = stretches["items"]?.array?.filter { $0["metric"] == "resolution" }
            #expect(
                own?.map { $0["reason"] } == ["opened", "on_hold: awaiting_vendor", "in_progress"])
            #expect(own?.map { $0["counts"] } == [true, false, true])
        }
    }

    @Test func `A merge on hold that was taken back lets no time count`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await ulm(fixture, hours: 4)
            let key = try await fixture.open("Down", ["requester": "ann"])
            let other = try await fixture.open("All is down")
            try await fixture.pass(to: "05 10:00")
            try await fixture.hold(key)
            try await fixture.pass(to: "05 11:00")
            try await fixture.call(
                "ticket.merge", ["ticket": .string(key), "into": .string(other)])
            try await fixture.pass(to: "05 14:00")
            try await fixture.call("ticket.unmerge", ["ticket": .string(key)])
            try await fixture.pass(to: "05 15:00")
            try await fixture.move(key, "in_progress")
            try await fixture.pass(to: "05 16:00")
            try await label(fixture, key)
            let resolution = try await fixture.clock(key, "resolution")
            #expect(resolution?["elapsed_ms"] == 7_200_000)
            #expect(resolution?["state"] == "running")
        }
    }

    @Test func `What was counted by a calendar that is gone stays as it was counted`() async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 24)])
            let key = try await fixture.open("Down")
            try await fixture.pass(to: "07 12:00")
            try await fixture.resolve(key, "done")
            try await fixture.move(key, "closed")
            let before = try await fixture.clock(key, "resolution")
            #expect(before?["state"] == "met")
            #expect(before?["elapsed_ms"] == 68_400_000)
            try await fixture.call("sla.delete", ["sla": "gold"])
            try await fixture.call("calendar.delete", ["calendar": "berlin"])
            try await fixture.call(
                "sla.recompute", ["ticket": .string(key), "reason": "to be sure"])
            #expect(try await fixture.clock(key, "resolution") == before)
        }
    }
}
