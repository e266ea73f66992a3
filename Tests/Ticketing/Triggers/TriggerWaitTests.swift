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

    @Test func `What is over waits from now on only`() async throws {
        try await TicketingFixture.run { fixture in
            for key in [try await fixture.open("old"), try await fixture.open("new")] {
                try await fixture.resolve(key, "done")
            }
            try await fixture.move("INC-1", "closed")
            try await fixture.trigger(
                "archive", on: "waiting", do: ["labels": ["archived": "yes"]],
                ["state": "closed", "after_ms": .number(JSON.Number(Self.day))])
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            try await fixture.move("INC-2", "closed")
            await fixture.pass(.seconds(2 * 86_400))
            #expect(try await fixture.ticket("INC-1")["labels"] == [:])
            #expect(try await fixture.ticket("INC-2")["labels"] == ["archived": "yes"])
        }
    }

    @Test func `A new trigger begins with the newest thousand tickets, the others with a change`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let rows = (1...1002).map { "old:\($0),t\($0)" }.joined(separator: "\n")
            try await fixture.call("ticket.import", ["text": .string("source,title\n\(rows)\n")])
            try await fixture.trigger(
                "look", on: "waiting", do: ["urgency": 1],
                ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            let shown = try await fixture.call("trigger.get", ["trigger": "look"])
            #expect(shown["tally"]?["waiting"] == 1000)
            try await fixture.call("ticket.comment", ["ticket": "INC-1", "body": "still here"])
            await fixture.pass(.seconds(86_400))
            for (key, urgency) in [("INC-1", 1), ("INC-2", 3), ("INC-3", 1), ("INC-1002", 1)] {
                #expect(
                    try await fixture.ticket(key)["urgency"]?.int == urgency, "\(key)")
            }
        }
    }

    @Test func `Another time is another one for all that wait, however many they are`() async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "look", on: "waiting", do: ["urgency": 1],
                ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            let begun = fixture.time.now()
            let rows = (1...1002).map { "old:\($0),t\($0)" }.joined(separator: "\n")
            try await fixture.call("ticket.import", ["text": .string("source,title\n\(rows)\n")])
            #expect(try await fixture.count("ticketing_trigger_wait") == 1002)
            try await fixture.call(
                "trigger.update",
                ["trigger": "look", "after_ms": .number(JSON.Number(3 * Self.day))])
            let tally = try await fixture.call("trigger.get", ["trigger": "look"])["tally"]
            #expect(tally?["waiting"] == 1002)
            #expect(tally?["next_at"]?.string == (begun + .seconds(3 * 86_400)).description)
        }
    }

    @Test func `Another time is no reason to answer again, and only other kinds begin anew`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            func update(_ member: String, _ value: JSON) async throws -> Int {
                try await fixture.call("trigger.update", ["trigger": "look", member: value])
                return try await fixture.count("ticketing_trigger_wait")
            }
            try await fixture.trigger(
                "look", on: "waiting", do: ["note": "seen"],
                ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            try await fixture.open("answered")
            try await fixture.open("a wish", ["kind": "request"])
            await fixture.pass(.seconds(86_400))
            try await fixture.open("waits")
            try await fixture.open("another wish", ["kind": "request"])
            #expect(try await update("after_ms", .number(JSON.Number(2 * Self.day))) == 2)
            #expect(try await update("kinds", ["incident"]) == 1)
            #expect(try await update("kinds", ["request", "incident"]) == 3)
            #expect(try await update("kinds", []) == 3)
            await fixture.pass(.seconds(3 * 86_400))
            #expect(try await fixture.lines("INC-1") == ["note seen"])
            #expect(try await fixture.lines("INC-2") == ["note seen"])
        }
    }

    @Test func `A trigger that cannot be read keeps those that wait for it until it can`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for (rank, name) in [(1, "broken"), (2, "whole")] {
                try await fixture.trigger(
                    name, rank: rank, on: "waiting", do: ["labels": [name: "yes"]],
                    ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            }
            func set(_ actions: JSON) async throws {
                try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                    _ = try tx.execute(
                        "UPDATE ticketing_trigger SET actions = ? WHERE name = 'broken'", actions)
                }
            }
            let key = try await fixture.open("x")
            try await set([])
            try await fixture.call("ticket.comment", ["ticket": .string(key), "body": "hm"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 2)
            await fixture.pass(.seconds(86_400))
            #expect(try await fixture.ticket(key)["labels"] == ["whole": "yes"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 1)
            #expect(await fixture.watch?.due == fixture.time.now() + .seconds(86_400))
            try await set(["labels": ["broken": "yes"]])
            await fixture.pass(.seconds(86_400))
            #expect(
                try await fixture.ticket(key)["labels"] == ["broken": "yes", "whole": "yes"])
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
        }
    }

    /// Changes or deletes rows of triggers as somebody does who mends them by hand.
    private func byHand(_ sql: String, _ fixture: TicketingFixture) async throws {
        try await fixture.platform.store.write(as: .system, reason: "test") { tx in
            _ = try tx.execute(sql)
        }
    }

    @Test func `A trigger that was mended by hand is waited for anew once it is on`() async throws {
        try await TicketingFixture.run { fixture in
            for (rank, name) in [(1, "off"), (2, "other")] {
                try await fixture.trigger(
                    name, rank: rank, on: "waiting", do: ["labels": [name: "yes"]],
                    ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            }
            try await fixture.open("x")
            try await fixture.open("y", ["kind": "request"])
            try await byHand(
                "UPDATE ticketing_trigger SET active = 0 WHERE name = 'off'", fixture)
            try await byHand(
                #"UPDATE ticketing_trigger SET kinds = '["incident"]' WHERE name = 'other'"#,
                fixture)
            #expect(try await fixture.count("ticketing_trigger_wait") == 4)
            try await fixture.call("trigger.update", ["trigger": "off", "active": true])
            try await fixture.call("trigger.update", ["trigger": "other", "kinds": []])
            #expect(try await fixture.count("ticketing_trigger_wait") == 4)
            await fixture.pass(.seconds(86_400))
            for key in ["INC-1", "REQ-1"] {
                #expect(
                    try await fixture.ticket(key)["labels"] == ["off": "yes", "other": "yes"],
                    "\(key)")
            }
        }
    }

    @Test(
        arguments: [
            "DELETE FROM ticketing_trigger", "UPDATE ticketing_trigger SET active = 0",
        ])
    func `What waits for a trigger that is gone or off by hand waits no more`(sql: String)
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await closing(fixture)
            let key = try await fixture.open("x")
            try await fixture.resolve(key, "done")
            try await byHand(sql, fixture)
            #expect(try await fixture.count("ticketing_trigger_wait") == 1)
            await fixture.pass(.seconds(7 * 86_400))
            #expect(try await fixture.ticket(key)["state"] == "resolved")
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
            #expect(await fixture.watch?.due == nil)
        }
    }

    @Test func `Triggers that wait for one ticket do not make a circle of what answers to both`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for (rank, name) in [(1, "first"), (2, "second")] {
                try await fixture.trigger(
                    name, rank: rank, on: "waiting", do: ["labels": [name: "yes"]],
                    ["state": "new", "after_ms": .number(JSON.Number(Self.day))])
            }
            try await fixture.trigger("told", rank: 3, on: "updated", do: ["note": "seen"])
            let key = try await fixture.open("x")
            await fixture.pass(.seconds(86_400))
            let ticket = try await fixture.ticket(key)
            #expect(ticket["labels"] == ["first": "yes", "second": "yes"])
            let lines = try await fixture.lines(key)
            #expect(lines.filter { $0 == "note seen" }.count == 2)
            #expect(!lines.contains { $0.contains("stopped") })
            #expect(try await fixture.events("trigger.stopped").isEmpty)
            #expect(try await fixture.count("ticketing_trigger_wait") == 0)
        }
    }

    @Test func `What waits is done although clocks cannot be read, and these are tried again`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "sla.create",
                [
                    "name": "gold", "rank": 10, "kind": "incident",
                    "targets": [["metric": "response", "target_ms": 3_600_000]],
                ])
            try await fixture.trigger(
                "look", on: "waiting", do: ["urgency": 1],
                [
                    "state": "new", "after_ms": .number(JSON.Number(Self.day)),
                    "kinds": ["request"],
                ])
            func clocksMeasure(_ what: String) async throws {
                try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                    _ = try tx.execute("UPDATE ticketing_clock SET metric = ?", what)
                }
            }
            try await fixture.open("x")
            try await fixture.open("y", ["kind": "request"])
            await fixture.settle()
            try await clocksMeasure("nonsense")
            await fixture.pass(.seconds(86_400))
            #expect(try await fixture.ticket("REQ-1")["urgency"] == 1)
            #expect(await fixture.watch?.due == fixture.time.now() + .seconds(5))
            #expect(try await fixture.events("sla.breached").isEmpty)
            try await clocksMeasure("response")
            await fixture.pass(.seconds(5))
            #expect(try await fixture.events("sla.breached").count == 1)
            #expect(await fixture.watch?.due == nil)
        }
    }

    @Test func `A ticket that goes on in another one is not spoken to`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "bye", rank: 1, on: "waiting", do: ["message": "Good bye"],
                ["state": "cancelled", "after_ms": .number(JSON.Number(Self.day))])
            try await fixture.trigger("changed", rank: 2, on: "updated", do: ["message": "News"])
            for title in ["a", "b", "c"] { try await fixture.open(title) }
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.move("INC-3", "cancelled")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "a2"])
            await fixture.pass(.seconds(2 * 86_400))
            #expect(try await fixture.lines("INC-1") == ["system merged into INC-2"])
            #expect(try await fixture.lines("INC-3").last == "message Good bye")
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
