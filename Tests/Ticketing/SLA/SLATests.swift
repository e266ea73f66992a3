import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// SLAs on the real store: which one holds, how its clocks follow a ticket, and what is told.
@Suite struct SLATests {
    @Test func `A ticket shows its clocks, which stop by an answer and by being closed`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [
                    SLAHours.target("response", hours: 1),
                    SLAHours.target("resolution", hours: 4),
                ])
            let key = try await fixture.open("Down", ["requester": "ann"])
            #expect(try await fixture.clock(key, "response")?["due_at"] == berlin("05 10:00"))
            #expect(try await fixture.clock(key, "resolution")?["due_at"] == berlin("05 13:00"))

            try await fixture.pass(to: "05 09:30")
            // A note is not for her, and a message of hers is no answer.
            try await fixture.call(
                "ticket.comment", ["ticket": .string(key), "body": "x", "note": true])
            try await fixture.call(
                "ticket.comment", ["ticket": .string(key), "body": "hello?"], as: Principal("ann"))
            #expect(try await fixture.clock(key, "response")?["state"] == "running")
            try await fixture.call("ticket.comment", ["ticket": .string(key), "body": "looking"])
            let response = try await fixture.clock(key, "response")
            #expect(response?["state"] == "met")
            #expect(response?["elapsed_ms"] == 1_800_000)
            #expect(response?["remaining_ms"] == 1_800_000)

            try await fixture.move(key, "in_progress")
            try await fixture.resolve(key, "done")
            #expect(try await fixture.clock(key, "resolution")?["state"] == "paused")
            #expect(try await fixture.clock(key, "resolution")?["due_at"] == nil)
            try await fixture.pass(to: "07 12:00")
            try await fixture.move(key, "closed")
            let resolution = try await fixture.clock(key, "resolution")
            #expect(resolution?["state"] == "met")
            #expect(resolution?["stopped_at"] == (try berlin("05 09:30")))
            #expect(try await fixture.events("sla.breached").isEmpty)
        }
    }

    @Test func `The one timer is set by what happens to tickets, and rings by itself`() async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let target: JSON = ["metric": "resolution", "target_ms": 240_000]
            try await fixture.sla("minutes", [target])
            let watch = try #require(await fixture.watch)
            #expect(await watch.due == nil)
            let start = fixture.time.now()
            for number in 0..<50 { try await fixture.open("T\(number)") }
            // The event of the first ticket has the timer set; which the others leave as it is.
            while await watch.due == nil { await Task.yield() }
            await watch.settle()
            #expect(await watch.due == start + .seconds(180))
            // It looks each minute, and must have looked before the clock goes on: the next timer
            // counts from then.
            for _ in 0..<3 {
                await fixture.time.advance(by: .seconds(60))
                await watch.settle()
            }
            #expect(try await fixture.events("sla.warning").count == 50)
            #expect(await watch.due == start + .milliseconds(240_001))
            // The timer never waits longer than a minute, and so looks twice.
            for step in [60_000, 1] {
                await fixture.time.advance(by: .milliseconds(step))
                await watch.settle()
            }
            let breaches = try await fixture.events("sla.breached")
            #expect(breaches.count == 50)
            #expect(breaches.allSatisfy { $0.data["late"] == false })
            #expect(await watch.due == nil)
        }
    }

    @Test func `A warning and a breach are told once`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 4)])
            let key = try await fixture.open("Down")
            try await fixture.pass(to: "05 12:00")
            let warnings = try await fixture.events("sla.warning")
            #expect(warnings.count == 1)
            #expect(warnings.first?.data["key"] == .string(key))
            #expect(warnings.first?.data["due_at"] == (try berlin("05 13:00")))
            try await fixture.pass(to: "05 13:00")
            #expect(try await fixture.events("sla.breached").isEmpty)
            await fixture.pass(.milliseconds(1))
            let breaches = try await fixture.events("sla.breached")
            #expect(breaches.count == 1)
            #expect(breaches.first?.data["breached_at"] == (try berlin("05 13:00")))
            #expect(breaches.first?.data["late"] == false)
            #expect(breaches.first?.data["metric"] == "resolution")
            try await fixture.pass(to: "08 12:00")
            #expect(try await fixture.events("sla.breached").count == 1)
            #expect(try await fixture.events("sla.warning").count == 1)
            let page = try await fixture.call("ticket.get", ["ticket": .string(key)])
            #expect(
                page["timeline"]?.array?.contains {
                    $0["body"]?.string?.hasPrefix("SLA gold: resolution was due") ?? false
                } == true)
        }
    }

    @Test func `What came due while nothing was running is told once, late, as of when it was due`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 4)])
            for number in 0..<3 { _ = try await fixture.open("T\(number)") }
            try await fixture.restart(after: .seconds(3 * 86_400)) { again in
                let breaches = try await again.events("sla.breached")
                #expect(breaches.count == 3)
                for breach in breaches {
                    #expect(breach.data["breached_at"] == (try berlin("05 13:00")))
                    #expect(breach.data["late"] == true)
                }
                #expect(try await again.events("sla.warning").isEmpty)
                try await again.restart(after: .seconds(86_400)) { third in
                    let told = try await third.events("sla.breached")
                    #expect(told.count == 3)
                }
            }
        }
    }

    @Test func `A restart in between loses and doubles nothing`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 4)])
            let key = try await fixture.open("Down")
            try await fixture.pass(to: "05 10:00")
            try await fixture.hold(key)
            try await fixture.restart(after: .seconds(3600)) { again in
                #expect(try await again.clock(key, "resolution")?["state"] == "paused")
                #expect(try await again.clock(key, "resolution")?["elapsed_ms"] == 3_600_000)
                try await again.pass(to: "05 15:00")
                try await again.move(key, "in_progress")
                #expect(
                    try await again.clock(key, "resolution")?["due_at"] == berlin("06 10:00"))
                try await again.restart(after: .zero) { third in
                    try await third.pass(to: "06 10:01")
                    #expect(try await third.events("sla.breached").count == 1)
                }
            }
        }
    }

    @Test func `Who writes again waits for an update, in cycles`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [SLAHours.target("response", hours: 1), SLAHours.target("update", hours: 2)])
            let key = try await fixture.open("Down", ["requester": "ann"])
            func say(_ principal: Principal) async throws {
                try await fixture.call(
                    "ticket.comment", ["ticket": .string(key), "body": "word"], as: principal)
            }
            let ann = Principal("ann")
            try await say(ann)
            #expect(try await fixture.clock(key, "update") == nil)
            try await say(.system)
            try await say(.plugin("ticketing"))
            try await fixture.pass(to: "05 16:00")
            try await say(ann)
            try await say(ann)
            #expect(try await fixture.clock(key, "update")?["due_at"] == berlin("06 10:00"))
            #expect(try await fixture.clock(key, "update", cycle: 2) == nil)
            try await say(.plugin("ticketing"))
            #expect(try await fixture.clock(key, "update")?["state"] == "running")
            try await say(.system)
            #expect(try await fixture.clock(key, "update")?["state"] == "met")
            try await say(ann)
            #expect(try await fixture.clock(key, "update", cycle: 2)?["state"] == "running")
            try await fixture.resolve(key, "done")
            #expect(try await fixture.clock(key, "update", cycle: 2)?["state"] == "met")
        }
    }

    @Test func `Of those that match the lowest rank holds`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.call("queue.create", ["name": "network"])
            func sla(_ name: String, _ rank: Int, _ match: JSON.Object) async throws {
                try await fixture.sla(
                    name, rank: rank, [SLAHours.target("resolution", hours: rank)], match)
            }
            try await sla("rest", 50, [:])
            try await sla("network", 20, ["queue": "network"])
            try await sla("vip", 10, ["labels": ["vip": "yes"], "priorities": [1, 2]])
            try await sla("problems", 5, ["kind": "problem"])
            try await sla("off", 1, ["active": false])
            func holds(_ more: JSON.Object) async throws -> JSON? {
                let key = try await fixture.open("x", more)
                return try await fixture.clock(key, "resolution")?["sla"]
            }
            #expect(try await holds([:]) == "rest")
            #expect(try await holds(["queue": "network"]) == "network")
            let vip: JSON.Object = ["labels": ["vip": "yes"], "impact": 1, "urgency": 1]
            #expect(try await holds(vip) == "vip")
            #expect(try await holds(["labels": ["vip": "yes"]]) == "rest")
            #expect(try await holds(["kind": "problem"]) == "problems")
            // An SLA of a queue that is gone would hold for the tickets of all.
            try await fixture.call("queue.create", ["name": "empty"])
            try await sla("empty", 30, ["queue": "empty"])
            let used = await fixture.refusal("queue.delete", ["queue": "empty"])
            #expect(used?.kind == "conflict")
            try await fixture.call("sla.update", ["sla": "empty", "queue": ""])
            try await fixture.call("queue.delete", ["queue": "empty"])
        }
    }

    @Test func `Another priority keeps what was counted, and a metric without a target rests`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [
                    SLAHours.target("resolution", hours: 8, priority: 5),
                    SLAHours.target("resolution", hours: 2, priority: 1),
                ])
            let key = try await fixture.open("Down")
            func prioritize(_ impact: Int, _ urgency: Int) async throws {
                try await fixture.call(
                    "ticket.update",
                    [
                        "ticket": .string(key), "impact": .number(JSON.Number(impact)),
                        "urgency": .number(JSON.Number(urgency)),
                    ])
            }
            try await fixture.pass(to: "05 10:00")
            try await prioritize(1, 1)
            #expect(try await fixture.clock(key, "resolution")?["due_at"] == berlin("05 11:00"))
            try await prioritize(2, 2)
            #expect(try await fixture.clock(key, "resolution")?["state"] == "cancelled")
            try await fixture.pass(to: "05 12:00")
            try await prioritize(1, 1)
            let again = try await fixture.clock(key, "resolution")
            #expect(again?["elapsed_ms"] == 3_600_000)
            #expect(again?["due_at"] == (try berlin("05 13:00")))
            try await fixture.pass(to: "05 12:30")
            try await fixture.call(
                "ticket.transition", ["ticket": .string(key), "to": "cancelled"])
            #expect(try await fixture.clock(key, "resolution")?["state"] == "cancelled")
            try await fixture.pass(to: "06 12:30")
            #expect(try await fixture.events("sla.breached").isEmpty)
        }
    }

    @Test func `Every stretch is explained, with its reason and the sum`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 4)])
            let key = try await fixture.open("Down")
            try await fixture.pass(to: "05 10:00")
            try await fixture.hold(key)
            try await fixture.pass(to: "05 15:00")
            try await fixture.move(key, "in_progress")
            try await fixture.pass(to: "05 16:00")
            let answer = try await fixture.call("sla.explain", ["ticket": .string(key)])
            let lines = (answer["items"]?.array ?? []).map {
                "\($0["reason"]?.string ?? "") \($0["counts"]?.bool ?? false) "
                    + "\(($0["work_ms"]?.int ?? 0) / 60_000) \(($0["sum_ms"]?.int ?? 0) / 60_000)"
            }
            #expect(
                lines == [
                    "opened true 60 60", "on_hold: awaiting_vendor false 0 60",
                    "in_progress true 60 120",
                ])
            #expect(answer["clocks"]?[0]?["remaining_ms"] == 7_200_000)
            #expect(answer["items"]?[2]?["to"] == nil)
            #expect(answer["items"]?[0]?["calendar"] == "calendar:1")
            let other = try await fixture.call(
                "sla.explain", ["ticket": .string(key), "metric": "response"])
            #expect(other["items"]?.array?.isEmpty == true)
        }
    }

    @Test func `Hours that are changed move the clocks that run by them`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 10)])
            let key = try await fixture.open("Down")
            #expect(try await fixture.clock(key, "resolution")?["due_at"] == berlin("06 11:00"))
            try await fixture.call(
                "calendar.update", ["calendar": "berlin", "days": ["2026-01-06": []]])
            #expect(try await fixture.clock(key, "resolution")?["due_at"] == berlin("07 11:00"))
            let stretches = try await fixture.call("sla.explain", ["ticket": .string(key)])
            #expect(stretches["items"]?[0]?["calendar_generation"] == 2)
            try await fixture.pass(to: "06 11:01")
            #expect(try await fixture.events("sla.breached").isEmpty)
            try await fixture.pass(to: "07 11:01")
            #expect(try await fixture.events("sla.breached").count == 1)
            // What was judged stays so, until somebody says why it should not.
            try await fixture.call("calendar.update", ["calendar": "berlin", "days": [:]])
            #expect(
                try await fixture.clock(key, "resolution")?["breached_at"] == berlin("07 11:00"))
            let judged = try await fixture.call(
                "sla.recompute", ["ticket": .string(key), "reason": "the sixth was no day off"])
            #expect(judged["items"]?[0]?["breached_at"] == (try berlin("06 11:00")))
            #expect(try await fixture.events("sla.recomputed").count == 1)
        }
    }

    @Test func `Clocks are listed by what is due first, and counted`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [
                    SLAHours.target("resolution", hours: 1, priority: 1),
                    SLAHours.target("resolution", hours: 8),
                    SLAHours.target("response", hours: 2),
                ])
            let slow = try await fixture.open("slow")
            let fast = try await fixture.open("fast", ["impact": 1, "urgency": 1])
            let list = try await fixture.call(
                "sla.clock.list", ["metric": "resolution", "limit": 1])
            #expect(list["items"]?[0]?["ticket"] == .string(fast))
            let rest = try await fixture.call(
                "sla.clock.list",
                ["metric": "resolution", "limit": 1, "cursor": try #require(list["next_cursor"])])
            #expect(rest["items"]?[0]?["ticket"] == .string(slow))
            #expect(rest["next_cursor"] == nil)
            try await fixture.pass(to: "05 10:30")
            let overdue = try await fixture.call(
                "sla.clock.list", ["state": "breached", "open": true])
            #expect(overdue["items"]?.array?.count == 1)
            #expect(overdue["items"]?[0]?["remaining_ms"] == -1_800_000)
            try await fixture.resolve(slow, "done")
            try await fixture.move(slow, "closed")
            let status = try await fixture.call("sla.status")
            let lines = (status["items"]?.array ?? []).map {
                "\($0["metric"]?.string ?? "") \($0["running"]?.int ?? 0) "
                    + "\($0["overdue"]?.int ?? 0) \($0["met"]?.int ?? 0)"
            }
            #expect(lines == ["resolution 0 1 1", "response 1 0 1"])
            #expect(status["items"]?[0]?["met_pct"] == 50)
            let wrong = await fixture.refusal("sla.clock.list", ["cursor": "x"])
            #expect(wrong?.fields.map(\.path) == ["cursor"])
        }
    }

    @Test func `An SLA that cannot be is refused by member, and changes nothing`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            let good = SLAHours.target("response", hours: 1)
            func with(_ more: JSON.Object) -> JSON { SLAHours.target("response", hours: 1, more) }
            for (path, params) in [
                ("targets", ["name": "a", "rank": 1, "targets": []]),
                (
                    "targets[0].target_ms",
                    ["name": "a", "rank": 1, "targets": [with(["target_ms": 0])]]
                ),
                (
                    "targets[0].warn_pct",
                    ["name": "a", "rank": 1, "targets": [with(["warn_pct": 101])]]
                ),
                (
                    "targets[0].priority",
                    ["name": "a", "rank": 1, "targets": [with(["priority": 6])]]
                ),
                (
                    "targets[1].pause_in",
                    [
                        "name": "a", "rank": 1,
                        "targets": [good, with(["metric": "update", "pause_in": ["new"]])],
                    ]
                ),
                ("targets[1]", ["name": "a", "rank": 1, "targets": [good, good]]),
                (
                    "targets[0].calendar",
                    ["name": "a", "rank": 1, "targets": [with(["calendar": "calendar:9"])]]
                ),
                ("priorities[0]", ["name": "a", "rank": 1, "targets": [good], "priorities": [0]]),
                ("queue", ["name": "a", "rank": 1, "targets": [good], "queue": "none"]),
                ("name", ["name": "a:b", "rank": 1, "targets": [good]]),
                ("rank", ["name": "a", "rank": 0, "targets": [good]]),
            ] as [(String, JSON)] {
                let error = await fixture.refusal("sla.create", params)
                #expect(error?.fields.map(\.path) == [path], "\(params)")
            }
            #expect(try await fixture.count("ticketing_sla") == 0)
            try await fixture.sla("gold", rank: 1, [good])
            let taken = await fixture.refusal(
                "sla.create", ["name": "silver", "rank": 1, "targets": [good]])
            #expect(taken?.fields.map(\.path) == ["rank"])
            let twice = await fixture.refusal(
                "sla.create", ["name": "gold", "rank": 2, "targets": [good]])
            #expect(twice?.kind == "conflict")
        }
    }

    @Test func `SLAs are listed by rank, changed, and deleted`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            let target = SLAHours.target("response", hours: 1)
            try await fixture.sla("b", rank: 20, [target])
            try await fixture.sla("a", rank: 30, [target])
            let first = try await fixture.call("sla.list", ["limit": 1])
            #expect(first["items"]?[0]?["name"] == "b")
            let second = try await fixture.call(
                "sla.list", ["cursor": try #require(first["next_cursor"])])
            #expect(second["items"]?[0]?["name"] == "a")
            #expect(second["next_cursor"] == nil)
            let changed = try await fixture.call(
                "sla.update", ["sla": "a", "rank": 10, "generation": 1])
            #expect(changed["generation"] == 2)
            let stale = await fixture.refusal(
                "sla.update", ["sla": "a", "rank": 11, "generation": 1])
            #expect(stale?.kind == "stale_generation")
            let used = await fixture.refusal("calendar.delete", ["calendar": "berlin"])
            #expect(used?.kind == "conflict")
            try await fixture.call("sla.delete", ["sla": "a"])
            try await fixture.call("sla.delete", ["sla": "b"])
            try await fixture.call("calendar.delete", ["calendar": "berlin"])
            #expect(try await fixture.count("ticketing_calendar") == 0)
            #expect(await fixture.refusal("sla.get", ["sla": "a"])?.kind == "not_found")
        }
    }

    @Test func `A merge ends the clocks, and taking it back gives them back to the byte`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [
                    SLAHours.target("response", hours: 1), SLAHours.target("resolution", hours: 8),
                ])
            let (one, two) = (try await fixture.open("one"), try await fixture.open("two"))
            try await fixture.pass(to: "05 09:30")
            try await fixture.hold(one)
            try await fixture.pass(to: "05 10:30")
            func rows() async throws -> [[SQLValue]] {
                try await fixture.platform.store.read { tx in
                    let clocks = try tx.rows("SELECT * FROM ticketing_clock ORDER BY id").map {
                        row in
                        try ["state", "due_at", "next_at", "breached_at", "stopped_at"]
                            .map(row.value)
                    }
                    let segments = try tx.rows(
                        "SELECT * FROM ticketing_clock_segment ORDER BY clock_id, position"
                    ).map { row in
                        try ["from_at", "to_at", "counts", "reason", "work_ms"].map(row.value)
                    }
                    return clocks + segments
                }
            }
            let before = try await rows()
            try await fixture.call(
                "ticket.merge", ["ticket": .string(one), "into": .string(two)])
            #expect(try await fixture.clock(one, "resolution")?["state"] == "cancelled")
            #expect(try await rows() != before)
            try await fixture.call("ticket.unmerge", ["ticket": .string(one)])
            #expect(try await rows() == before)
        }
    }

    @Test func `A rehearsal starts no clock`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("response", hours: 1)])
            _ = try await fixture.rehearse("ticket.create", ["title": "x"])
            #expect(try await fixture.count("ticketing_clock") == 0)
        }
    }

    @Test func `On a ticket that is over, nothing starts when it is judged anew`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            let (one, two) = (try await fixture.open("one"), try await fixture.open("two"))
            try await fixture.call("ticket.merge", ["ticket": .string(one), "into": .string(two)])
            try await fixture.sla("gold", [SLAHours.target("resolution", hours: 8)])
            for (key, count) in [(one, 0), (two, 1)] {
                let clocks = try await fixture.call(
                    "sla.recompute", ["ticket": .string(key), "reason": "a new SLA"])
                #expect(clocks["items"]?.array?.count == count)
            }
        }
    }

    @Test func `Who asked for a ticket that was merged asks, and does not answer`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [SLAHours.target("response", hours: 1), SLAHours.target("update", hours: 2)])
            let one = try await fixture.open("one", ["requester": "ann"])
            let two = try await fixture.open("two", ["requester": "bob"])
            try await fixture.call(
                "ticket.merge", ["ticket": .string(two), "into": .string(one), "share": true])
            func say(_ key: String, _ principal: Principal) async throws {
                try await fixture.call(
                    "ticket.comment", ["ticket": .string(key), "body": "word"], as: principal)
            }
            try await say(two, Principal("bob"))
            #expect(try await fixture.clock(one, "response")?["state"] == "running")
            try await say(one, .system)
            #expect(try await fixture.clock(one, "response")?["state"] == "met")
            try await say(two, Principal("bob"))
            #expect(try await fixture.clock(one, "update")?["state"] == "running")
        }
    }

    @Test func `What a plugin says is no answer, also to an SLA that came later`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            let key = try await fixture.open("Down", ["requester": "ann"])
            try await fixture.call(
                "ticket.comment", ["ticket": .string(key), "body": "we got it"],
                as: .plugin("mail"))
            try await fixture.sla("gold", [SLAHours.target("response", hours: 1)])
            try await fixture.call(
                "sla.recompute", ["ticket": .string(key), "reason": "a new SLA"])
            #expect(try await fixture.clock(key, "response")?["state"] == "running")
        }
    }
}
