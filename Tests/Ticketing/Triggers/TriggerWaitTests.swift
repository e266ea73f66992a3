import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Triggers that answer to nothing: by one timer, once for each wait, also after a standstill.
@Suite(.timeLimit(.minutes(1))) struct TriggerWaitTests {
    private static let day = 86_400_000

    private func closing(
        _ fixture: TicketingFixture, days: Int = 7, rank: Int = 10, _ more: JSON.Object = [:]
    ) async throws {
        var members: JSON.Object = [
            "state": "resolved", "after_ms": .number(JSON.Number(days * Self.day)),
        ]
        for (key, value) in more { members[key] = value }
        try await fixture.trigger(
            "close", rank: rank, on: "waiting", do: ["to": "closed", "note": "nobody objected"],
            members)
        await fixture.settle()
    }

    @Test func `What waits long enough is answered to, by the one timer`() async throws {
        try await TicketingFixture.run { fixture in
            try await closing(fixture)
            let key = try await fixture.open("x")
            try await fixture.resolve(key, "done")
            await fixture.settle()
            #expect(await fixture.watch?.due == fixture.time.now() + .seconds(7 * 86_400))
            await fixture.pass(.seconds(7 * 86_400 - 1))
            #expect(try await fixture.ticket(key)["state"] == "resolved")
            await fixture.pass(.seconds(1))
            #expect(try await fixture.ticket(key)["state"] == "closed")
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            #expect(
                try await fixture.lines(key).suffix(2) == [
                    "note nobody objected", "system resolved -> closed",
                ])
            let audited = try await fixture.call(
                "audit.list", ["ref": .string("ticket:\(key)"), "principal": "trigger:close"])
            #expect(audited["items"]?.array?.count == 2)
        }
    }

    @Test func `A comment and a change begin the wait anew, another state ends it`() async throws {
        try await TicketingFixture.run { fixture in
            try await closing(fixture)
            let key = try await fixture.open("x")
            try await fixture.resolve(key, "done")
            await fixture.pass(.seconds(5 * 86_400))
            try await fixture.call("ticket.comment", ["ticket": .string(key), "body": "hm"])
            await fixture.pass(.seconds(5 * 86_400))
            #expect(try await fixture.ticket(key)["state"] == "resolved")
            try await fixture.move(key, "in_progress")
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            await fixture.pass(.seconds(9 * 86_400))
            #expect(try await fixture.ticket(key)["state"] == "in_progress")
        }
    }

    @Test func `A trigger answers to a wait once, and is no sign of life for others`() async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "remind", rank: 1, on: "waiting", do: ["message": "Still there?"],
                ["state": "on_hold", "after_ms": .number(JSON.Number(2 * Self.day))])
            try await fixture.trigger(
                "give up", rank: 2, on: "waiting",
                do: ["to": "resolved", "resolution": "{{ticket.requester}} did not answer."],
                ["state": "on_hold", "after_ms": .number(JSON.Number(7 * Self.day))])
            let key = try await fixture.open("x", ["requester": "carl"])
            try await fixture.hold(key)
            for _ in 1...6 { await fixture.pass(.seconds(86_400)) }
            let said = try await fixture.lines(key).filter { $0.hasPrefix("message") }
            #expect(said == ["message Still there?"])
            #expect(try await fixture.ticket(key)["state"] == "on_hold")
            await fixture.pass(.seconds(86_400))
            #expect(try await fixture.ticket(key)["resolution"] == "carl did not answer.")
        }
    }

    @Test func `Tickets that wait already count, from what was done to them last`() async throws {
        try await TicketingFixture.run { fixture in
            let old = try await fixture.open("old")
            try await fixture.resolve(old, "done")
            let told = try await fixture.open("told")
            try await fixture.resolve(told, "done")
            let other = try await fixture.open("a wish", ["kind": "request"])
            try await fixture.move(other, "in_progress")
            try await fixture.resolve(other, "done")
            await fixture.pass(.seconds(8 * 86_400))
            try await fixture.call("ticket.comment", ["ticket": .string(told), "body": "hm"])
            try await closing(fixture, ["kinds": ["incident"]])
            #expect(try await fixture.ticket(old)["state"] == "closed")
            #expect(try await fixture.ticket(told)["state"] == "resolved")
            #expect(try await fixture.ticket(other)["state"] == "resolved")
            let tally = try await fixture.call("trigger.get", ["trigger": "close"])["tally"]
            #expect(tally?["waiting"] == 1)
            #expect(
                tally?["next_at"]?.string
                    == (fixture.time.now() + .seconds(7 * 86_400)).description)
        }
    }

    @Test func `An import waits like all, and what fell due in a standstill is done afterwards`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "look", on: "waiting", do: ["urgency": 1],
                ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            try await fixture.call("ticket.import", ["text": "source,title\nold:1,old\n"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 1)
            try await fixture.restart(after: .seconds(3 * 86_400)) { again in
                let ticket = try await again.ticket("INC-1")
                #expect(ticket["urgency"] == 1)
                #expect(try await again.count("ticketing_trigger_wait") == 0)
            }
        }
    }

    @Test func `A trigger that is switched off, changed or deleted is waited for no more`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await closing(fixture)
            let key = try await fixture.open("x")
            try await fixture.resolve(key, "done")
            try await fixture.call("trigger.update", ["trigger": "close", "active": false])
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            try await fixture.call("trigger.update", ["trigger": "close", "active": true])
            #expect(try await fixture.count("ticketing_trigger_wait") == 1)
            let wrong = await fixture.refusal(
                "trigger.update", ["trigger": "close", "after_ms": 0])
            #expect(wrong?.fields.map(\.path) == ["after_ms"])
            try await fixture.call(
                "trigger.update", ["trigger": "close", "event": "transitioned"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            try await fixture.call(
                "trigger.update",
                [
                    "trigger": "close", "event": "waiting", "state": "resolved",
                    "after_ms": .number(JSON.Number(Self.day)),
                ])
            #expect(try await fixture.count("ticketing_trigger_wait") == 1)
            try await fixture.call("trigger.delete", ["trigger": "close"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            await fixture.pass(.seconds(9 * 86_400))
            #expect(try await fixture.ticket(key)["state"] == "resolved")
        }
    }

    @Test func `Conditions are asked when the time has come`() async throws {
        try await TicketingFixture.run { fixture in
            try await closing(
                fixture, ["conditions": [["field": "labels.keep", "value": ""]]])
            for label in ["", "yes"] {
                let key = try await fixture.open(
                    "x", label.isEmpty ? [:] : ["labels": ["keep": .string(label)]])
                try await fixture.resolve(key, "done")
            }
            await fixture.pass(.seconds(8 * 86_400))
            #expect(try await fixture.ticket("INC-1")["state"] == "closed")
            #expect(try await fixture.ticket("INC-2")["state"] == "resolved")
        }
    }
}
