import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Triggers on the real store: what they do, whose acts these are, and what stops them.
@Suite(.timeLimit(.minutes(1))) struct TriggerTests {
    // MARK: - As records

    @Test func `A trigger comes, changes and goes, announced and audited`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            let made = try await fixture.trigger(
                "net", rank: 10, on: "created", do: ["queue": "net"],
                ["conditions": [["field": "title", "operator": "=~", "value": ".*net.*"]]])
            #expect(made["ref"] == "trigger:1")
            #expect(made["actions"] == ["queue": "queue:1"])
            let changed = try await fixture.call(
                "trigger.update", ["trigger": "net", "active": false, "generation": 1])
            #expect(changed["generation"] == 2)
            #expect(changed["conditions"] == made["conditions"])
            let shown = try await fixture.call("trigger.get", ["trigger": "trigger:1"])
            #expect(shown["tally"]?["runs"] == 0)
            #expect(try await fixture.found("net").contains("trigger:1"))
            try await fixture.call("trigger.delete", ["trigger": "net", "generation": 2])
            #expect(try await fixture.call("trigger.list")["items"] == [])
            for topic in ["trigger.created", "trigger.updated", "trigger.deleted"] {
                #expect(try await fixture.events(topic).count == 1, "\(topic)")
                #expect(try await fixture.audited(topic).count == 1, "\(topic)")
            }
        }
    }

    @Test(
        arguments: [
            (["event": "created", "state": "new"], "state"),
            (["event": "waiting", "after_ms": 60_000], "state"),
            (["event": "waiting", "state": "new"], "after_ms"),
            (["event": "waiting", "state": "new", "after_ms": 1], "after_ms"),
            (["event": "breathing"], "event"), (["kinds": ["wish"]], "kinds[0]"),
            (["rank": 10], "rank"), (["actions": ["queue": "nowhere"]], "actions.queue"),
            (["actions": ["note": "{{ticket.colour}}"]], "actions.note"),
            (["conditions": [["field": "fields.colour", "value": 1]]], "conditions[0].field"),
            (
                [
                    "conditions": .array(
                        Array(repeating: ["field": "title", "value": "x"], count: 21))
                ], "conditions"
            ),
            (
                ["any_of": .array(Array(repeating: ["field": "title", "value": "x"], count: 21))],
                "any_of"
            ),
            (["any_of": [["field": "colour", "value": 1]]], "any_of[0].field"),
            (["actions": ["urgency": 1, "colour": "red"]], "actions.colour"),
            (
                ["conditions": [["field": "title", "value": "x", "negate": true]]],
                "conditions[0].negate"
            ),
            (
                ["conditions": [["field": "title", "operator": "~", "value": 1]]],
                "conditions[0].operator"
            ),
        ] as [(JSON, String)])
    func `What cannot be is refused by its member, and nothing is there`(
        members: JSON, path: String
    ) async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger("first", rank: 10, on: "created", do: ["urgency": 1])
            var params: JSON.Object = [
                "name": "second", "rank": 20, "event": "created", "actions": ["urgency": 1],
            ]
            for (name, value) in members.object ?? [:] { params[name] = value }
            let error = await fixture.refusal("trigger.create", .object(params))
            #expect(error?.fields.map(\.path) == [path])
            #expect(try await fixture.call("trigger.list")["items"]?.array?.count == 1)
            params["name"] = nil
            params["trigger"] = "first"
            guard path != "rank" else { return }
            let refused = await fixture.refusal("trigger.update", .object(params))
            #expect(refused?.fields.map(\.path) == [path])
            let first = try await fixture.call("trigger.get", ["trigger": "first"])
            #expect(first["generation"] == 1)
        }
    }

    @Test func `A name is taken once, and a list goes on by rank`() async throws {
        try await TicketingFixture.run { fixture in
            for (name, rank) in [("c", 30), ("a", 20), ("b", 10)] {
                try await fixture.trigger(name, rank: rank, on: "created", do: ["urgency": 1])
            }
            let taken = await fixture.refusal(
                "trigger.create",
                ["name": "a", "rank": 40, "event": "created", "actions": ["urgency": 1]])
            #expect(taken?.kind == "conflict")
            let first = try await fixture.call("trigger.list", ["limit": 2])
            #expect(first["items"]?.array?.map { $0["name"] } == ["b", "a"])
            let rest = try await fixture.call(
                "trigger.list", ["limit": 2, "cursor": first["next_cursor"] ?? .null])
            #expect(rest["items"]?.array?.map { $0["name"] } == ["c"])
            #expect(await fixture.refusal("trigger.get", ["trigger": "no"])?.kind == "not_found")
        }
    }

    // MARK: - Routing

    @Test func `A ticket is answered with the queue to which it was routed`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net", "assignee": "anna"])
            try await fixture.trigger(
                "net", on: "created", do: ["queue": "net", "urgency": 1],
                [
                    "kinds": ["incident"],
                    "conditions": [
                        ["field": "title", "operator": "=~", "value": "(?i).*network.*"]
                    ],
                ])
            let ticket = try await fixture.call(
                "ticket.create", ["title": "The Network is down"], as: Principal("uid:7"))
            #expect(ticket["queue"] == "net")
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["priority"] == 3)
            #expect(try await fixture.ticket("INC-1") == ticket)
            try await fixture.open("a new network", ["kind": "request"])
            try await fixture.open("a mouse")
            #expect(try await fixture.ticket("REQ-1")["queue"] == nil)
            #expect(try await fixture.ticket("INC-2")["queue"] == nil)
            #expect(try await fixture.keys(["queue": "net"]) == ["INC-1"])
            // Whose acts they are stands in the audit log and in the timeline.
            let rows = try await fixture.call("audit.list", ["ref": "ticket:INC-1"])
            let acts = (rows["items"]?.array ?? []).map {
                "\($0["principal"]?.string ?? "") \($0["action"]?.string ?? "")"
            }
            #expect(
                Set(acts) == [
                    "uid:7 ticket.created", "trigger:net ticket.updated",
                    "trigger:net ticket.assigned",
                ])
            let lines = try await fixture.call("ticket.timeline", ["ticket": "INC-1"])
            #expect(lines["items"]?.array?.map { $0["author"] } == ["trigger:net", "trigger:net"])
            #expect(
                try await fixture.lines("INC-1") == [
                    "system priority is 3, and was 5; urgency is 1, and was 3",
                    "system assigned to anna, queue net",
                ])
            let shown = try await fixture.call("trigger.get", ["trigger": "net"])
            #expect(shown["tally"]?["runs"] == 1)
            #expect(shown["tally"]?["last_run_at"]?.string == fixture.time.now().description)
        }
    }

    @Test func `People get tickets one after the other`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "turn", on: "created", do: ["in_turn": ["anna", "bert", "carl"]])
            for number in 1...4 { try await fixture.open("\(number)") }
            var people: [JSON?] = []
            for number in 1...4 {
                people.append(try await fixture.ticket("INC-\(number)")["assignee"])
            }
            #expect(people == ["anna", "bert", "carl", "anna"])
        }
    }

    @Test func `A queue keeps its triggers by another name`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.trigger("net", on: "created", do: ["queue": "net"])
            try await fixture.call("queue.update", ["queue": "net", "name": "network"])
            try await fixture.open("x")
            #expect(try await fixture.ticket("INC-1")["queue"] == "network")
        }
    }

    @Test func `Of several triggers the lowest rank goes first, and the next sees what it did`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "late", rank: 20, on: "created", do: ["labels": ["a": "late"]])
            try await fixture.trigger("early", rank: 10, on: "created", do: ["urgency": 1])
            try await fixture.trigger(
                "seen", rank: 30, on: "created", do: ["note": "{{ticket.labels.a}}"],
                ["conditions": [["field": "urgency", "value": 1]]])
            try await fixture.open("x")
            #expect(try await fixture.lines("INC-1").last == "note late")
        }
    }

    @Test func `A dry run shows what triggers would do, and leaves nothing`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger("up", on: "created", do: ["urgency": 1])
            let ticket = try await fixture.rehearse("ticket.create", ["title": "x"])
            #expect(ticket["urgency"] == 1)
            #expect(try await fixture.keys().isEmpty)
            let shown = try await fixture.call("trigger.get", ["trigger": "up"])
            #expect(shown["tally"]?["runs"] == 0)
        }
    }

    // MARK: - Events

    @Test func `Each event has its triggers`() async throws {
        try await TicketingFixture.run { fixture in
            let events = ["created", "updated", "assigned", "transitioned", "commented"]
            for (index, event) in events.enumerated() {
                try await fixture.trigger(
                    event, rank: index + 1, on: event, do: ["labels": [event: "yes"]])
            }
            func labels() async throws -> Set<String> {
                Set(try await fixture.ticket("INC-1")["labels"]?.object?.keys ?? [])
            }
            try await fixture.open("x")
            // Its label is a change, to which the trigger for changes answers.
            #expect(try await labels() == ["created", "updated"])
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "anna"])
            #expect(try await labels() == ["created", "updated", "assigned"])
            try await fixture.move("INC-1", "in_progress")
            #expect(try await labels().contains("transitioned"))
            try await fixture.call("ticket.comment", ["ticket": "INC-1", "body": "hi"])
            #expect(try await labels().contains("commented"))
        }
    }

    @Test func `A trigger knows what was said, by whom, and where the ticket stood`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "wake", rank: 10, on: "commented", do: ["to": "in_progress"],
                [
                    "conditions": [
                        ["field": "state", "value": "on_hold"],
                        ["field": "entry_kind", "value": "message"],
                        ["field": "author", "operator": "!~", "value": "trigger:.*"],
                        ["field": "comment", "operator": "=~", "value": ".*works.*"],
                    ]
                ])
            try await fixture.trigger(
                "back", rank: 20, on: "transitioned", do: ["note": "back"],
                ["conditions": [["field": "previous_state", "value": "on_hold"]]])
            try await fixture.open("x")
            try await fixture.hold("INC-1")
            try await fixture.call(
                "ticket.comment", ["ticket": "INC-1", "body": "it works", "note": true])
            try await fixture.call("ticket.comment", ["ticket": "INC-1", "body": "please wait"])
            #expect(try await fixture.ticket("INC-1")["state"] == "on_hold")
            try await fixture.call("ticket.comment", ["ticket": "INC-1", "body": "it works!"])
            #expect(try await fixture.ticket("INC-1")["state"] == "in_progress")
            #expect(
                try await fixture.lines("INC-1").suffix(2) == [
                    "system on_hold -> in_progress", "note back",
                ])
        }
    }

    @Test func `What a check, an approval or a change does has its triggers, an import has none`()
        async throws
    {
        try await TicketingFixture.run(["intake": [["states": ["critical"]]]]) { fixture in
            try await fixture.trigger("mark", on: "created", do: ["labels": ["seen": "yes"]])
            let seq = try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                try tx.announce(
                    "check.state_changed", Ref("check", 1),
                    [
                        "check": "check:1", "name": "web", "labels": [:], "state": "critical",
                        "output": "gone",
                    ])
            }
            try await fixture.takenIn(seq)
            #expect(try await fixture.ticket("INC-1")["labels"]?["seen"] == "yes")
            let change = try await fixture.call("change.create", ["title": "a new kernel"])
            #expect(change["ticket"]?["labels"]?["seen"] == "yes")
            try await fixture.call(
                "ticket.import", ["text": "source,title\nold:1,an old one\n"])
            #expect(try await fixture.ticket("INC-2")["labels"] == [:])
            try await fixture.trigger("move", rank: 9, on: "transitioned", do: ["urgency": 1])
            try await fixture.open("a desk", ["kind": "request", "requester": "carl"])
            try await fixture.call(
                "approval.request", ["ticket": "REQ-1", "approvers": ["anna"]])
            #expect(try await fixture.ticket("REQ-1")["state"] == "awaiting_approval")
            #expect(try await fixture.ticket("REQ-1")["urgency"] == 1)
        }
    }

    @Test func `A routed incident still recovers by itself`() async throws {
        try await TicketingFixture.run(["intake": [["states": ["critical"]]]]) { fixture in
            try await fixture.trigger(
                "route", on: "created", do: ["assignee": "anna", "to": "in_progress"])
            for state in ["critical", "ok"] {
                let seq = try await fixture.platform.store.write(
                    as: .system, reason: "test"
                ) { tx in
                    try tx.announce(
                        "check.state_changed", Ref("check", 1),
                        [
                            "check": "check:1", "name": "web", "labels": [:],
                            "state": .string(state), "output": "x",
                        ])
                }
                try await fixture.takenIn(seq)
            }
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["state"] == "resolved")
        }
    }

    @Test func `A trigger's message is no answer to who asked`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla("gold", [SLAHours.target("response", hours: 1)])
            try await fixture.trigger(
                "thanks", on: "created",
                do: ["message": "Thank you, {{ticket.requester}}. This is {{ticket.key}}."])
            try await fixture.open("x", ["requester": "carl"])
            #expect(
                try await fixture.lines("INC-1") == ["message Thank you, carl. This is INC-1."])
            #expect(try await fixture.clock("INC-1", "response")?["state"] == "running")
        }
    }

    // MARK: - What goes wrong

    @Test func `What fills to nothing is not said, and solves nothing`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "say", on: "created",
                do: [
                    "message": "{{ticket.workaround}}", "note": " {{ticket.root_cause}}\n",
                    "to": "resolved", "resolution": "{{ticket.workaround}}",
                ])
            try await fixture.open("x")
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["state"] == "new")
            let lines = try await fixture.lines("INC-1")
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("system trigger say failed: resolution is req") == true)
        }
    }

    @Test func `One of several conditions is enough where any of them is asked for`() async throws {
        try await TicketingFixture.run { fixture in
            let made = try await fixture.trigger(
                "hot", on: "created", do: ["labels": ["hot": "yes"]],
                [
                    "kinds": ["incident"],
                    "any_of": [
                        ["field": "priority", "operator": "<=", "value": 2],
                        ["field": "labels.vip", "value": "yes"],
                    ],
                ])
            #expect(made["any_of"]?.array?.count == 2)
            try await fixture.open("a")
            try await fixture.open("b", ["impact": 1, "urgency": 1])
            try await fixture.open("c", ["labels": ["vip": "yes"]])
            var hot: [JSON?] = []
            for number in 1...3 {
                hot.append(try await fixture.ticket("INC-\(number)")["labels"]?["hot"])
            }
            #expect(hot == [nil, "yes", "yes"])
            try await fixture.call("trigger.update", ["trigger": "hot", "any_of": []])
            try await fixture.open("d")
            #expect(try await fixture.ticket("INC-4")["labels"]?["hot"] == "yes")
        }
    }

    @Test func `A ticket is opened although its trigger's queue is gone, and all is told`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.trigger(
                "net", on: "created", do: ["queue": "net", "urgency": 1, "note": "routed"])
            try await fixture.call("queue.delete", ["queue": "net"])
            let ticket = try await fixture.call("ticket.create", ["title": "x"])
            #expect(ticket["queue"] == nil)
            #expect(ticket["urgency"] == 1)
            let reason = #"queue is no queue: "queue:1""#
            #expect(
                try await fixture.lines("INC-1").suffix(2) == [
                    "note routed", "system trigger net failed: \(reason)",
                ])
            let shown = try await fixture.call("trigger.get", ["trigger": "net"])
            #expect(shown["tally"]?["runs"] == 1)
            #expect(shown["tally"]?["failures"] == 1)
            #expect(shown["tally"]?["last_error"]?.string == reason)
            #expect(
                try await fixture.events("trigger.failed").map(\.data["reason"]) == [
                    .string(reason)
                ])
            #expect(try await fixture.audited("trigger.failed").count == 1)
        }
    }

    @Test func `A move that is not allowed is told and not lost, and the rest is done`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "close", on: "created", do: ["to": "closed", "assignee": "anna"])
            try await fixture.open("x")
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["state"] == "new")
            #expect(ticket["assignee"] == "anna")
            let last = try await fixture.lines("INC-1").last ?? ""
            #expect(last.hasPrefix("system trigger close failed: INC-1 is new and cannot become"))
            #expect(last.contains("It can become in_progress, on_hold, resolved, cancelled."))
        }
    }

    @Test func `Two triggers that undo each other end, and the ticket says so`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "up", rank: 1, on: "updated", do: ["urgency": 1],
                ["conditions": [["field": "urgency", "value": 2]]])
            try await fixture.trigger(
                "down", rank: 2, on: "updated", do: ["urgency": 2],
                ["conditions": [["field": "urgency", "value": 1]]])
            try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "urgency": 2])
            let lines = try await fixture.lines("INC-1")
            #expect(lines.filter { $0.contains("stopped") }.count == 1)
            #expect(
                lines.last
                    == "system trigger up stopped: it ran already, and would again by what another "
                    + "trigger did")
            let up = try await fixture.call("trigger.get", ["trigger": "up"])["tally"]
            #expect(up?["runs"] == 1)
            #expect(up?["stops"] == 1)
            #expect(try await fixture.events("trigger.stopped").count == 1)
            #expect(try await fixture.audited("trigger.stopped").count == 1)
            // The next request begins anew.
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y"])
            let again = try await fixture.call("trigger.get", ["trigger": "up"])["tally"]
            #expect(again?["runs"] == 2)
        }
    }

    @Test func `A chain of triggers ends after ten`() async throws {
        try await TicketingFixture.run { fixture in
            for step in 0...11 {
                try await fixture.trigger(
                    // From the last to the first: each is woken by what the one below it did.
                    "step \(step)", rank: 12 - step, on: "updated",
                    do: ["labels": ["step": .string("\(step + 1)")]],
                    ["conditions": [["field": "labels.step", "value": .string("\(step)")]]])
            }
            try await fixture.open("x", ["labels": ["step": "none"]])
            try await fixture.call(
                "ticket.update", ["ticket": "INC-1", "labels": ["step": "0"]])
            #expect(try await fixture.ticket("INC-1")["labels"]?["step"] == "10")
            #expect(
                try await fixture.lines("INC-1").last
                    == "system trigger step 10 stopped: 10 triggers have followed one another")
        }
    }

    @Test func `A trigger that is not active does nothing`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger("up", on: "created", do: ["urgency": 1], ["active": false])
            try await fixture.open("x")
            #expect(try await fixture.ticket("INC-1")["urgency"] == 3)
        }
    }

    // MARK: - Trying out

    @Test func `A test says of each trigger what holds, and what it would do, and writes nothing`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.open("x")
            try await fixture.trigger(
                "net", rank: 1, on: "created", do: ["queue": "net", "to": "closed"])
            try await fixture.trigger(
                "vip", rank: 2, on: "created", do: ["urgency": 1],
                ["kinds": ["request"], "conditions": [["field": "labels.vip", "value": "yes"]]])
            try await fixture.trigger(
                "told", rank: 3, on: "assigned", do: ["note": "{{ticket.queue}}"])
            let counts = ["audit", "event", "ticketing_entry", "ticketing_trigger_tally"]
            var before: [Int] = []
            for table in counts { before.append(try await fixture.count(table)) }
            let test = try await fixture.call("trigger.test", ["ticket": "INC-1"])
            var after: [Int] = []
            for table in counts { after.append(try await fixture.count(table)) }
            #expect(after == before)
            #expect(test["ticket"]?["queue"] == "net")
            let steps = try #require(test["items"]?.array)
            #expect(steps.map { $0["name"] } == ["net", "vip", "told"])
            #expect(steps[0]["matches"] == true)
            #expect(steps[0]["changes"] == ["assigned to nobody, queue net"])
            #expect(steps[0]["refused"]?.array?.count == 1)
            #expect(
                steps[1]["failed"] == [
                    #"kinds request, and it is "incident""#,
                    #"labels.vip = "yes", and it is """#,
                ])
            #expect(steps[2]["after"] == "net")
            #expect(steps[2]["changes"] == ["note: net"])
            #expect(try await fixture.ticket("INC-1")["queue"] == nil)
        }
    }

    @Test func `A test takes a ticket that is only described, and a trigger that is not active`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.trigger(
                "vip", on: "created", do: ["urgency": 1],
                ["active": false, "conditions": [["field": "labels.vip", "value": "yes"]]])
            let described: JSON = ["title": "x", "labels": ["vip": "yes"]]
            let none = try await fixture.call("trigger.test", ["described": described])
            #expect(none["items"] == [])
            let one = try await fixture.call(
                "trigger.test", ["described": described, "trigger": "vip"])
            #expect(one["items"]?[0]?["matches"] == true)
            #expect(one["ticket"]?["priority"] == 3)
            #expect(try await fixture.keys().isEmpty)
            let wrong = await fixture.refusal(
                "trigger.test", ["described": ["title": "x", "impact": 9]])
            #expect(wrong?.fields.map(\.path) == ["described.impact"])
            let neither = await fixture.refusal("trigger.test")
            #expect(neither?.fields.map(\.path) == ["ticket"])
            let missing = await fixture.refusal("trigger.test", ["ticket": "INC-9"])
            #expect(missing?.kind == "not_found")
        }
    }
}

extension TicketingFixture {
    /// A trigger for an event, of rank 10 unless it is said.
    @discardableResult
    func trigger(
        _ name: String, rank: Int = 10, on event: String, do actions: JSON,
        _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params: JSON.Object = [
            "name": .string(name), "rank": .number(JSON.Number(rank)), "event": .string(event),
            "actions": actions,
        ]
        for (key, value) in more { params[key] = value }
        return try await call("trigger.create", .object(params))
    }
}
