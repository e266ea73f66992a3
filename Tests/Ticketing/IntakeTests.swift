import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Hard failures of checks become incidents, and their recovery resolves them.
@Suite(.timeLimit(.minutes(1))) struct IntakeTests {
    private static let config: JSON = [
        "intake": [
            ["labels": ["env": "test"], "opens": false, "states": ["critical", "warning"]],
            [
                "labels": ["team": "net"], "queue": "network", "impact": 1, "urgency": 1,
                "title": "{{ name }} at {{ labels.site }}: {{ output }}", "joins": "item",
            ],
            ["states": ["critical"], "labels": ["sticky": "yes"], "resolves": false],
            ["states": ["critical", "unknown"]],
        ]
    ]

    /// Announces a change as monitoring does, and waits until it was taken in.
    private func change(
        _ fixture: TicketingFixture, _ check: String, _ state: String,
        _ labels: JSON.Object = [:], output: String = "no answer"
    ) async throws {
        let seq = try await announce(fixture, check, state, labels, output: output)
        try await fixture.takenIn(seq)
    }

    @discardableResult
    private func announce(
        _ fixture: TicketingFixture, _ check: String, _ state: String, _ labels: JSON.Object,
        output: String = "no answer"
    ) async throws -> Int64 {
        let ref = try #require(Ref(check))
        return try await fixture.platform.store.write(as: .system, reason: "test") { tx in
            try tx.announce(
                "check.state_changed", ref,
                [
                    "check": .string(check), "name": .string("web \(ref.key)"), "type": "http",
                    "labels": .object(labels), "state": .string(state), "previous_state": "ok",
                    "state_type": "hard", "attempt": 3, "output": .string(output),
                    "at": .string(tx.now.description),
                ])
        }
    }

    @Test func `A failure opens an incident, more of it is told, and the recovery resolves it`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical", ["role": "web"])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "web 1 is critical")
            #expect(ticket["description"] == "web 1 is critical: no answer")
            #expect(ticket["channel"] == "monitoring")
            #expect(ticket["priority"] == 3)
            #expect(ticket["labels"] == ["role": "web"])
            try await change(fixture, "check:1", "unknown", ["role": "web"])
            #expect(try await fixture.keys() == ["INC-1"])
            try await change(fixture, "check:1", "ok", ["role": "web"], output: "200 in 3 ms")
            let resolved = try await fixture.ticket("INC-1")
            #expect(resolved["state"] == "resolved")
            #expect(resolved["resolution_code"] == "recovered")
            #expect(resolved["resolution"] == "web 1 recovered: 200 in 3 ms")
            #expect(
                try await fixture.lines("INC-1") == [
                    "system web 1 is unknown: no answer", "system new -> resolved",
                ])
            let links = try await fixture.call("link.list", ["ref": "check:1"])
            #expect(links["items"]?[0]?["from"] == "ticket:INC-1")
        }
    }

    @Test func `A rule chooses queue, urgency and title, and the first that matches counts`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network", "assignee": "anna"])
            try await change(fixture, "check:1", "critical", ["team": "net", "site": "ulm"])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "web 1 at ulm: no answer")
            #expect(ticket["queue"] == "network")
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["priority"] == 1)
            try await change(fixture, "check:2", "critical", ["team": "net", "env": "test"])
            try await change(fixture, "check:3", "warning", ["site": "ulm"])
            #expect(try await fixture.keys() == ["INC-1"])
        }
    }

    @Test func `Without rules nothing is opened`() async throws {
        try await TicketingFixture.run { fixture in
            try await change(fixture, "check:1", "critical")
            let keys = try await fixture.keys()
            #expect(keys.isEmpty)
        }
    }

    @Test func `Failures that concern one item join one incident, which ends with the last`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            for check in ["check:1", "check:2"] {
                try await fixture.call(
                    "link.create",
                    ["from": .string(check), "relation": "monitors", "to": "ci:7"])
            }
            let labels: JSON.Object = ["team": "net"]
            try await change(fixture, "check:1", "critical", labels)
            try await change(fixture, "check:2", "critical", labels)
            #expect(try await fixture.keys() == ["INC-1"])
            #expect(try await fixture.lines("INC-1") == ["system web 2 is critical: no answer"])
            let items = try await fixture.call(
                "link.list", ["ref": "ticket:INC-1", "relation": "affects"])
            #expect(items["items"]?.array?.map { $0["to"] } == ["ci:7"])
            try await change(fixture, "check:1", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "new")
            try await change(fixture, "check:2", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
        }
    }

    /// Announces that a check was deleted as monitoring does, and waits until it was taken in.
    private func delete(
        _ fixture: TicketingFixture, _ check: String, _ labels: JSON.Object = [:]
    ) async throws {
        let ref = try #require(Ref(check))
        let seq = try await fixture.platform.store.write(as: .system, reason: "test") { tx in
            try tx.announce(
                "check.deleted", ref,
                [
                    "check": .string(check), "name": .string("web \(ref.key)"), "type": "http",
                    "labels": .object(labels),
                ])
        }
        try await fixture.takenIn(seq)
    }

    @Test func `A check that is deleted keeps no incident open`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            for check in ["check:1", "check:2", "check:3"] {
                try await fixture.call(
                    "link.create",
                    ["from": .string(check), "relation": "monitors", "to": "ci:7"])
            }
            let labels: JSON.Object = ["team": "net"]
            for check in ["check:1", "check:2", "check:3"] {
                try await change(fixture, check, "critical", labels)
            }
            #expect(try await fixture.keys() == ["INC-1"])
            try await delete(fixture, "check:2", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "new")
            #expect(try await fixture.lines("INC-1").last == "system web 2 was deleted")
            try await change(fixture, "check:1", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "new")
            // The last that failed is gone: so is what the incident was about.
            try await delete(fixture, "check:3", labels)
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["state"] == "resolved")
            #expect(ticket["resolution"] == "web 3 was deleted")
            #expect(try await fixture.count("ticketing_watch") == 1)
            // One that nobody has a ticket for, or one that is done, leaves nothing.
            try await delete(fixture, "check:9")
            try await delete(fixture, "check:1", labels)
            #expect(try await fixture.count("ticketing_watch") == 0)
            #expect(try await fixture.keys() == ["INC-1"])
        }
    }

    @Test func `A ticket that a person has taken over is told of the recovery, and stays`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            try await fixture.move("INC-1", "in_progress")
            try await change(fixture, "check:1", "ok", output: "fine")
            #expect(try await fixture.ticket("INC-1")["state"] == "in_progress")
            #expect(try await fixture.lines("INC-1").last == "system web 1 is ok: fine")
            try await change(fixture, "check:1", "critical")
            #expect(try await fixture.keys() == ["INC-1"])
            try await fixture.resolve("INC-1", "new cable")
            try await change(fixture, "check:1", "critical")
            #expect(try await fixture.keys() == ["INC-2", "INC-1"])
            try await change(fixture, "check:4", "critical", ["sticky": "yes"])
            try await change(fixture, "check:4", "ok", ["sticky": "yes"])
            #expect(try await fixture.ticket("INC-3")["state"] == "new")
        }
    }

    @Test func `Who takes the own taking over back leaves the ticket to the recovery`() async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            for check in ["check:1", "check:2"] {
                try await change(fixture, check, "critical")
            }
            for key in ["INC-1", "INC-2"] {
                try await fixture.call(
                    "ticket.assign", ["ticket": .string(key), "assignee": "anna"])
            }
            // The second is also moved, and that stays.
            try await fixture.move("INC-2", "in_progress")
            for key in ["INC-1", "INC-2"] {
                try await takeBack(fixture, "ticket.assigned", key)
            }
            for check in ["check:1", "check:2"] {
                try await change(fixture, check, "ok")
            }
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
            #expect(try await fixture.ticket("INC-2")["state"] == "in_progress")
        }
    }

    @Test func `What triggers answer to a person hands no ticket back, and keeps none`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network"])
            try await fixture.trigger(
                "moved", rank: 1, on: "transitioned", do: ["urgency": 1, "queue": "network"])
            try await fixture.trigger(
                "given", rank: 2, on: "assigned", do: ["labels": ["given": "yes"]])
            for number in 1...3 { try await change(fixture, "check:\(number)", "critical") }
            // Who moved it takes something else back.
            try await fixture.move("INC-1", "in_progress")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "other"])
            try await takeBack(fixture, "ticket.updated", "INC-1")
            // Or only a part.
            try await fixture.move("INC-2", "in_progress")
            try await fixture.call("ticket.assign", ["ticket": "INC-2", "assignee": "anna"])
            try await takeBack(fixture, "ticket.assigned", "INC-2")
            // Or all.
            try await fixture.call("ticket.assign", ["ticket": "INC-3", "assignee": "anna"])
            try await takeBack(fixture, "ticket.assigned", "INC-3")
            #expect(try await fixture.ticket("INC-1")["title"] == "web 1 is critical")
            #expect(try await fixture.ticket("INC-2")["assignee"] == nil)
            for number in 1...3 { try await change(fixture, "check:\(number)", "ok") }
            for (key, state) in [
                ("INC-1", "in_progress"), ("INC-2", "in_progress"), ("INC-3", "resolved"),
            ] {
                #expect(try await fixture.ticket(key)["state"]?.string == state, "\(key)")
            }
        }
    }

    /// Takes back what somebody did to a ticket first by an action, or all of the same call.
    private func takeBack(
        _ fixture: TicketingFixture, _ action: String, _ key: String,
        by principal: String = "system", scope: String = "entry"
    ) async throws {
        let history = try await fixture.call(
            "record.history", ["ref": .string("ticket:\(key)")])
        let entry = history["items"]?.array?.last {
            $0["action"]?.string == action && $0["principal"]?.string == principal
        }
        try await fixture.call(
            "record.revert", ["entry": entry?["entry"] ?? .null, "scope": .string(scope)])
    }

    @Test func `What triggers have answered goes back with what they answered to`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network"])
            for (rank, event) in ["assigned", "updated"].enumerated() {
                try await fixture.trigger(
                    event, rank: rank + 1, on: event, do: ["queue": "network"])
            }
            for number in 1...3 { try await change(fixture, "check:\(number)", "critical") }
            // In one call.
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "anna"])
            try await takeBack(fixture, "ticket.assigned", "INC-1", scope: "call")
            // One after the other.
            try await fixture.call("ticket.assign", ["ticket": "INC-2", "assignee": "anna"])
            try await takeBack(fixture, "ticket.assigned", "INC-2", by: "trigger:assigned")
            try await takeBack(fixture, "ticket.assigned", "INC-2")
            // To what takes nothing over by itself.
            try await fixture.call("ticket.update", ["ticket": "INC-3", "urgency": 1])
            #expect(try await fixture.ticket("INC-3")["queue"] == "network")
            try await takeBack(fixture, "ticket.updated", "INC-3", scope: "call")
            for number in 1...3 {
                let ticket = try await fixture.ticket("INC-\(number)")
                #expect(ticket["queue"] == nil && ticket["assignee"] == nil, "\(number)")
                try await change(fixture, "check:\(number)", "ok")
                let state = try await fixture.ticket("INC-\(number)")["state"]
                #expect(state == "resolved", "\(number)")
            }
        }
    }

    @Test func `A ticket goes back to its queue also when that has another name by now`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            for queue in ["network", "ops"] {
                try await fixture.call("queue.create", ["name": .string(queue)])
            }
            let labels: JSON.Object = ["team": "net"]
            try await change(fixture, "check:1", "critical", labels)
            try await fixture.call("queue.update", ["queue": "network", "name": "net"])
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "queue": "ops"])
            try await takeBack(fixture, "ticket.assigned", "INC-1")
            #expect(try await fixture.ticket("INC-1")["queue"] == "net")
            try await change(fixture, "check:1", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
        }
    }

    @Test func `Who takes back what a trigger did on its own has taken the ticket over`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network"])
            try await fixture.trigger(
                "late", on: "waiting", do: ["queue": "network"],
                ["state": "new", "after_ms": 60_000])
            for number in 1...2 { try await change(fixture, "check:\(number)", "critical") }
            await fixture.pass(.seconds(60))
            #expect(try await fixture.ticket("INC-1")["queue"] == "network")
            try await takeBack(fixture, "ticket.assigned", "INC-1", by: "trigger:late")
            for (number, state) in [(1, "new"), (2, "resolved")] {
                try await change(fixture, "check:\(number)", "ok")
                #expect(
                    try await fixture.ticket("INC-\(number)")["state"]?.string == state,
                    "\(number)")
            }
        }
    }

    /// Gives a ticket to somebody and takes that back.
    private func giveAndTakeBack(
        _ fixture: TicketingFixture, _ key: String, to assignee: String
    ) async throws {
        let given = try await fixture.call(
            "ticket.assign", ["ticket": .string(key), "assignee": .string(assignee)])
        let history = try await fixture.call("record.history", ["ref": given["ref"] ?? .null])
        let entry = history["items"]?[0]?["entry"] ?? .null
        try await fixture.call("record.revert", ["entry": entry])
    }

    @Test func `Who had a ticket was done with it when the intake takes it up again`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            for number in 1...2 { try await change(fixture, "check:\(number)", "critical") }
            try await change(fixture, "check:1", "ok")
            // The second was taken over.
            try await fixture.call("ticket.assign", ["ticket": "INC-2", "assignee": "carl"])
            try await fixture.move(
                "INC-2", "resolved", ["resolution": "gone", "resolution_code": "recovered"])
            for number in 1...2 { try await change(fixture, "check:\(number)", "critical") }
            for number in 1...2 {
                let key = "INC-\(number)"
                #expect(try await fixture.ticket(key)["state"] == "in_progress", "\(key)")
                try await giveAndTakeBack(fixture, key, to: "anna")
                try await change(fixture, "check:\(number)", "ok")
                #expect(try await fixture.ticket(key)["state"] == "resolved", "\(key)")
            }
        }
    }

    @Test(arguments: ["fixed", "recovered"])
    func `Another plugin that takes a ticket up again leaves it with who took it over`(
        code: String
    ) async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "anna"])
            try await fixture.move(
                "INC-1", "resolved",
                ["resolution": "a new cable", "resolution_code": .string(code)])
            try await fixture.call(
                "ticket.transition", ["ticket": "INC-1", "to": "in_progress"],
                as: .plugin("portal"))
            try await giveAndTakeBack(fixture, "INC-1", to: "bert")
            try await change(fixture, "check:1", "ok")
            #expect(try await fixture.ticket("INC-1")["state"] == "in_progress")
        }
    }

    @Test func `A ticket to which very much has happened stays with who took it over`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            for number in 1...2 { try await change(fixture, "check:\(number)", "critical") }
            // The newest thousand entries count, with those of giving and of taking back.
            for (key, most) in [("INC-1", 1000), ("INC-2", 1001)] {
                let ticket = try await fixture.ticket(key)
                try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                    let written = try tx.row(
                        "SELECT COUNT(*) AS count FROM audit WHERE ref = ?", Ticket.ref(key))
                    for _ in try (written?.int("count") ?? 0)..<most - 2 {
                        try tx.audit(
                            "ticket.updated", Ticket.ref(key), before: ticket, after: ticket)
                    }
                }
            }
            for (number, state) in [(1, "resolved"), (2, "new")] {
                try await giveAndTakeBack(fixture, "INC-\(number)", to: "anna")
                try await change(fixture, "check:\(number)", "ok")
                #expect(
                    try await fixture.ticket("INC-\(number)")["state"]?.string == state,
                    "\(number)")
            }
        }
    }

    @Test func `What fails again soon goes on with its ticket, later with a new one`() async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            try await change(fixture, "check:1", "ok")
            await fixture.time.advance(by: .seconds(600))
            try await change(fixture, "check:1", "critical")
            let again = try await fixture.ticket("INC-1")
            #expect(again["state"] == "in_progress")
            #expect(again["reopen_count"] == 1)
            try await change(fixture, "check:1", "ok")
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
            await fixture.time.advance(by: .seconds(901))
            try await change(fixture, "check:1", "critical")
            #expect(try await fixture.keys() == ["INC-2", "INC-1"])
        }
    }

    @Test func `A failure of a ticket that was merged is told to the one that goes on`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.open("the network is down")
            try await change(fixture, "check:1", "critical")
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-1"])
            try await change(fixture, "check:1", "unknown")
            #expect(try await fixture.keys() == ["INC-2", "INC-1"])
            #expect(try await fixture.lines("INC-1").last == "system web 1 is unknown: no answer")
        }
    }

    @Test func `A recovery does not resolve what another check that was merged in still needs`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            try await change(fixture, "check:2", "critical")
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-1"])
            try await change(fixture, "check:1", "ok")
            #expect(try await fixture.ticket("INC-1")["state"] == "new")
            try await change(fixture, "check:2", "ok")
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
        }
    }

    @Test func `Who else stands for a queue by now has taken nothing over`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network", "assignee": "anna"])
            let labels: JSON.Object = ["team": "net"]
            try await change(fixture, "check:1", "critical", labels)
            try await fixture.call("queue.update", ["queue": "network", "assignee": "bert"])
            try await change(fixture, "check:1", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "resolved")
        }
    }

    @Test func `Who took a ticket over has it also when the audit log has forgotten`() async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            try await fixture.move("INC-1", "in_progress")
            try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("DELETE FROM audit WHERE action = 'ticket.transitioned'")
            }
            try await change(fixture, "check:1", "ok")
            #expect(try await fixture.ticket("INC-1")["state"] == "in_progress")
        }
    }

    @Test func `A ticket that a person opened or was given stays`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network", "assignee": "anna"])
            let labels: JSON.Object = ["team": "net"]
            try await change(fixture, "check:1", "critical", labels)
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "bert"])
            try await change(fixture, "check:1", "ok", labels)
            #expect(try await fixture.ticket("INC-1")["state"] == "new")
            // Who stands for the queue was not chosen by a person.
            try await change(fixture, "check:2", "critical", labels)
            try await change(fixture, "check:2", "ok", labels)
            #expect(try await fixture.ticket("INC-2")["state"] == "resolved")
            try await fixture.open("web is slow", ["items": ["ci:7"]])
            try await fixture.call(
                "link.create", ["from": "check:3", "relation": "monitors", "to": "ci:7"])
            try await change(fixture, "check:3", "critical", labels)
            try await change(fixture, "check:3", "ok", labels)
            #expect(try await fixture.keys() == ["INC-3", "INC-2", "INC-1"])
            #expect(try await fixture.ticket("INC-3")["state"] == "new")
        }
    }

    @Test func `A change that cannot be taken in keeps the next ones from nothing`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            // The ticket would be about itself, which no ticket is.
            try await fixture.call(
                "link.create",
                ["from": "check:1", "relation": "monitors", "to": "ticket:INC-1"])
            try await change(fixture, "check:1", "critical")
            let keys = try await fixture.keys()
            #expect(keys.isEmpty)
            try await change(fixture, "check:2", "critical")
            #expect(try await fixture.keys() == ["INC-1"])
        }
    }

    @Test func `A restart loses nothing and repeats nothing`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            // Announced, and perhaps not taken in before the stop.
            for number in 2...9 {
                try await announce(fixture, "check:\(number)", "critical", [:])
            }
            let last = try await announce(fixture, "check:1", "ok", [:])
            try await fixture.restart { again in
                try await again.takenIn(last)
                let keys = try await again.keys()
                #expect(keys == (1...9).reversed().map { "INC-\($0)" })
                #expect(try await again.ticket("INC-1")["state"] == "resolved")
                try await again.restart { third in
                    try await change(third, "check:2", "ok")
                    let count = try await third.count("ticketing_ticket")
                    #expect(count == 9)
                    let lines = try await third.lines("INC-2")
                    #expect(lines == ["system new -> resolved"])
                }
            }
        }
    }

    @Test func `What was announced while the plugin was off is taken in`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await change(fixture, "check:1", "critical")
            let position = try await fixture.position()
            // As after a stop in the middle: the place is behind the events.
            let last = try await announce(fixture, "check:2", "critical", [:])
            #expect(last > position)
            try await fixture.restart { again in
                try await again.takenIn(last)
                let keys = try await again.keys()
                #expect(keys == ["INC-2", "INC-1"])
            }
        }
    }

    @Test(
        arguments: [
            ([["states": ["ok"]]], "intake[0].states[0]"),
            ([[:], ["title": "{{ colour }}"]], "intake[1].title"),
            ([["title": "{{ name"]], "intake[0].title"),
            ([["impact": 9]], "intake[0].impact"), ([["joins": "all"]], "intake[0].joins"),
        ] as [(JSON, String)])
    func `A rule that is wrong is refused by its place`(entries: JSON, path: String) {
        do {
            _ = try IntakeRules(entries.array ?? [])
            Issue.record("\(entries) was accepted")
        } catch {
            #expect(error.fields.map(\.path) == [path])
        }
    }
}

extension TicketingFixture {
    /// How far the intake has come in the event log.
    func position() async throws -> Int64 {
        try await platform.store.read { try IntakeWriter.position(in: $0) ?? 0 }
    }

    /// Waits until an event was taken in.
    func takenIn(_ seq: Int64) async throws {
        while try await position() < seq {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
