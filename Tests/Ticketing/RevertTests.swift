import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The past of tickets and of what is kept beside them: shown, and brought back.
@Suite struct RevertTests {
    private func entries(_ fixture: TicketingFixture, _ ref: String) async throws -> [JSON] {
        try await fixture.call("record.history", ["ref": .string(ref)])["items"]?.array ?? []
    }

    /// The newest entry of an action about a record.
    private func entry(
        _ fixture: TicketingFixture, _ ref: String, _ action: String
    ) async throws -> JSON {
        let entry = try await entries(fixture, ref).first { $0["action"]?.string == action }
        return try #require(entry?["entry"])
    }

    @discardableResult
    private func revert(
        _ fixture: TicketingFixture, _ ref: String, _ action: String, _ scope: String = "entry"
    ) async throws -> JSON {
        let number = try await entry(fixture, ref, action)
        return try await fixture.call("record.revert", ["entry": number, "scope": .string(scope)])
    }

    /// What is in the way, by its place.
    private func refused(
        _ fixture: TicketingFixture, _ ref: String, _ action: String, _ scope: String = "entry"
    ) async throws -> [String: String] {
        let number = try await entry(fixture, ref, action)
        let error = await fixture.refusal(
            "record.revert", ["entry": number, "scope": .string(scope)])
        #expect(error?.kind == "conflict")
        return Dictionary(
            (error?.fields ?? []).map { ($0.path, $0.reason) }, uniquingKeysWith: { "\($0), \($1)" }
        )
    }

    // MARK: - As it was

    @Test func `A ticket is shown as it was at any time`() async throws {
        try await TicketingFixture.run { fixture in
            let time = fixture.time
            try await fixture.open("x")
            let opened = time.now()
            await time.advance(by: .seconds(60))
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "anna"])
            await time.advance(by: .seconds(60))
            try await fixture.move("INC-1", "in_progress")
            let moved = time.now()
            func state(_ at: Instant) async throws -> JSON {
                try await fixture.call(
                    "record.as_of", ["ref": "ticket:INC-1", "at": .string(at.description)])
            }
            #expect(try await state(opened - .seconds(1))["exists"] == false)
            let first = try await state(opened)["state"]
            #expect(first?["state"] == "new")
            #expect(first?["assignee"] == nil)
            let between = try await state(opened + .seconds(90))["state"]
            #expect(between?["assignee"] == "anna")
            #expect(between?["state"] == "new")
            #expect(try await state(moved)["state"] == fixture.ticket("INC-1"))
        }
    }

    @Test func `What is kept beside tickets has a past as well`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            let created = fixture.time.now()
            await fixture.time.advance(by: .seconds(60))
            try await fixture.call("queue.update", ["queue": "net", "name": "network"])
            let past = try await fixture.call(
                "record.as_of", ["ref": "queue:1", "at": .string(created.description)])
            #expect(past["state"]?["name"] == "net")
            #expect(past["state"]?["open"] == nil)
        }
    }

    // MARK: - Tickets

    @Test func `A change is taken back, and what came after it stays`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y", "impact": 1])
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": "anna"])
            let answer = try await revert(fixture, "ticket:INC-1", "ticket.updated")
            #expect(
                answer["changes"]?[0]?["changed"]?.array?.map { $0["member"] }
                    == ["impact", "priority", "title"])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "x")
            #expect(ticket["impact"] == 3)
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["generation"] == 4)
            #expect(try await fixture.found("x") == ["ticket:INC-1"])
            #expect(try await fixture.events("ticket.updated").count == 2)
        }
    }

    @Test func `What others have changed since is in the way, by its name`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y"])
            let number = try await entry(fixture, "ticket:INC-1", "ticket.updated")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "z"])
            let error = await fixture.refusal("record.revert", ["entry": number])
            #expect(error?.kind == "conflict")
            #expect(error?.fields.map(\.path) == ["ticket:INC-1 title"])
            #expect(try await fixture.ticket("INC-1")["title"] == "z")
        }
    }

    @Test func `The priority follows the matrix where later changes had left it`() async throws {
        try await TicketingFixture.run { fixture in
            func update(_ more: JSON.Object) async throws -> JSON {
                var params = more
                params["ticket"] = "INC-1"
                try await fixture.call("ticket.update", .object(params))
                return try await entry(fixture, "ticket:INC-1", "ticket.updated")
            }
            func priority() async throws -> [JSON?] {
                let ticket = try await fixture.ticket("INC-1")
                return [ticket["priority"], ticket["priority_reason"]]
            }
            try await fixture.open("x")
            // The reason goes, and with it the priority that it gave, although the impact stays.
            let override = try await update(["priority": 1, "priority_reason": "vip"])
            let impact = try await update(["impact": 1])
            #expect(try await priority() == [1, "vip"])
            try await fixture.call("record.revert", ["entry": override])
            #expect(try await priority() == [3, nil])
            try await fixture.call("record.revert", ["entry": impact])
            #expect(try await priority() == [5, nil])
            // A change that the priority did not follow, since it had a reason, is taken back when
            // it has none any more.
            _ = try await update(["priority": 1, "priority_reason": "vip"])
            let under = try await update(["impact": 1])
            _ = try await update(["priority": 0])
            #expect(try await priority() == [3, nil])
            try await fixture.call("record.revert", ["entry": under])
            #expect(try await priority() == [5, nil])
        }
    }

    @Test func `A move is taken back where that is a move, and the clocks follow`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "sla.create",
                [
                    "name": "gold", "rank": 10,
                    "targets": [["metric": "resolution", "target_ms": 7_200_000]],
                ])
            try await fixture.open("x")
            try await fixture.move("INC-1", "in_progress")
            try await fixture.move("INC-1", "on_hold", ["hold_reason": "awaiting_vendor"])
            await fixture.time.advance(by: .seconds(600))
            try await revert(fixture, "ticket:INC-1", "ticket.transitioned")
            let page = try await fixture.call("ticket.get", ["ticket": "INC-1"])
            #expect(page["ticket"]?["state"] == "in_progress")
            #expect(page["ticket"]?["hold_reason"] == nil)
            #expect(page["clocks"]?[0]?["state"] == "running")
            let due = fixture.time.now() + .seconds(7200)
            #expect(page["clocks"]?[0]?["due_at"]?.string == due.description)
            let lines = try await fixture.lines("INC-1")
            #expect(lines.last == "system on_hold -> in_progress: taken back")
            #expect(try await fixture.events("ticket.transitioned").count == 3)
        }
    }

    @Test func `A solution that is taken back leaves no trace of a reopening`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.move("INC-1", "in_progress")
            try await fixture.resolve("INC-1", "done")
            try await revert(fixture, "ticket:INC-1", "ticket.transitioned")
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["state"] == "in_progress")
            #expect(ticket["resolution"] == nil)
            #expect(ticket["resolved_at"] == nil)
            #expect(ticket["reopen_count"] == 0)
        }
    }

    @Test func `A move that has no way back is refused with where the ticket can go`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.move("INC-1", "in_progress")
            let open = try await refused(fixture, "ticket:INC-1", "ticket.transitioned")
            #expect(
                open["ticket:INC-1"]
                    == "INC-1 is in_progress and cannot become new again; "
                    + "it can become on_hold, resolved, cancelled")
            try await fixture.resolve("INC-1", "done")
            try await fixture.move("INC-1", "closed")
            let over = try await refused(fixture, "ticket:INC-1", "ticket.transitioned")
            #expect(over["ticket:INC-1"]?.hasSuffix("resolved again; it is over") == true)
            #expect(try await fixture.ticket("INC-1")["state"] == "closed")
        }
    }

    @Test func `A queue that is gone does not come back with a ticket`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.open("x", ["queue": "net"])
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "queue": ""])
            try await fixture.call("queue.delete", ["queue": "net"])
            let reasons = try await refused(fixture, "ticket:INC-1", "ticket.assigned")
            #expect(reasons["ticket:INC-1"] == "queue: is no queue: \"net\"")
        }
    }

    @Test func `A call is taken back whole: the ticket, its links and its clocks`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "sla.create",
                [
                    "name": "gold", "rank": 10,
                    "targets": [["metric": "response", "target_ms": 7_200_000]],
                ])
            try await fixture.open("x", ["items": ["ci:1", "ci:2"]])
            try await revert(fixture, "ticket:INC-1", "ticket.created", "call")
            #expect(try await fixture.keys() == [])
            for table in [
                "ticketing_entry", "ticketing_clock", "link WHERE from_ref = 'ticket:INC-1'",
            ] {
                #expect(try await fixture.count(table) == 0)
            }
            #expect(try await fixture.found("x") == [])
            #expect(try await fixture.events("ticket.deleted").count == 1)
            let past = try await fixture.call(
                "record.as_of",
                ["ref": "ticket:INC-1", "at": .string(fixture.time.now().description)])
            #expect(past["exists"] == false)
            // The key is not given again.
            #expect(try await fixture.open("y") == "INC-2")
        }
    }

    @Test func `An import is taken back whole`() async throws {
        try await TicketingFixture.run { fixture in
            let text = "source,title\na:1,one\n"
            try await fixture.call("ticket.import", ["text": .string(text)])
            let more =
                "source,title,state,resolution,work_ms\na:1,One,,,\na:2,two,closed,done,60000\n"
            try await fixture.call("ticket.import", ["text": .string(more)])
            try await revert(fixture, "ticket:INC-2", "ticket.created", "call")
            #expect(try await fixture.keys() == ["INC-1"])
            #expect(try await fixture.ticket("INC-1")["title"] == "one")
        }
    }

    @Test func `A ticket to which something came since stays, with all of it said`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.open("y")
            try await fixture.call("ticket.comment", ["ticket": "INC-1", "body": "hello"])
            try await fixture.call(
                "ticket.attach", ["ticket": "INC-1", "name": "a.txt", "content": "aGVsbG8="])
            try await fixture.call(
                "ticket.link",
                ["ticket": "INC-2", "relation": "child_of", "to": "ticket:INC-1"])
            let reasons = try await refused(fixture, "ticket:INC-1", "ticket.created")
            let said = reasons["ticket:INC-1"] ?? ""
            for part in ["timeline: has 1", "attachments: has 1", "links: is linked from"] {
                #expect(said.contains(part))
            }
            #expect(try await fixture.keys() == ["INC-2", "INC-1"])
        }
    }

    @Test func `A link is taken back, and its way back as well`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.call(
                "ticket.link", ["ticket": "INC-1", "relation": "affects", "to": "ci:1"])
            let links = "link WHERE from_ref = 'ticket:INC-1'"
            try await revert(fixture, "ticket:INC-1", "ticket.linked")
            #expect(try await fixture.count(links) == 0)
            let twice = try await refused(fixture, "ticket:INC-1", "ticket.linked")
            #expect(twice["ticket:INC-1"] == "affects ci:1 is gone already")
            try await revert(fixture, "ticket:INC-1", "ticket.unlinked")
            #expect(try await fixture.count(links) == 1)
        }
    }

    @Test func `A link that the ticketing itself has made is taken back as any other`() async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            let line = try await fixture.call(
                "ticket.comment", ["ticket": "INC-1", "body": "hello"])
            try await fixture.call(
                "ticket.split",
                ["ticket": "INC-1", "title": "y", "entries": [try #require(line["id"])]])
            let links = "link WHERE from_ref = 'ticket:INC-2'"
            #expect(try await fixture.count(links) == 1)
            let split = try await refused(fixture, "ticket:INC-1", "ticket.split")
            #expect(split["ticket:INC-1"] == "ticket.split is taken back by ticket.unmerge")
            try await revert(fixture, "ticket:INC-2", "ticket.linked")
            #expect(try await fixture.count(links) == 0)
        }
    }

    @Test func `What has a method of its own to be taken back is refused with that`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.open("y")
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let merge = try await refused(fixture, "ticket:INC-1", "ticket.merged", "call")
            #expect(merge["ticket:INC-1"] == "ticket.merged is taken back by ticket.unmerge")
            #expect(try await fixture.ticket("INC-1")["state"] == "cancelled")
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let back = try await refused(fixture, "ticket:INC-1", "ticket.unmerged")
            #expect(back["ticket:INC-1"] == "ticket.unmerged is taken back by ticket.merge")
            try await fixture.call("ticket.comment", ["ticket": "INC-2", "body": "said is said"])
            let said = try await refused(fixture, "ticket:INC-2", "ticket.commented")
            #expect(
                said["ticket:INC-2"] == "the plugin ticketing does not take ticket.commented back")
        }
    }

    @Test func `Who may not change tickets takes nothing back`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x", ["requester": "uid:5001"])
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y"])
            let number = try await entry(fixture, "ticket:INC-1", "ticket.updated")
            let error = await fixture.refusal("record.revert", ["entry": number], uid: 5001)
            #expect(error?.kind == "forbidden")
            let past = await fixture.refusal("record.history", ["ref": "ticket:INC-1"], uid: 5001)
            #expect(past?.kind == "forbidden")
            try await fixture.call("record.revert", ["entry": number], uid: 5003)
            #expect(try await fixture.ticket("INC-1")["title"] == "x")
        }
    }

    @Test func `A dry run of a revert leaves everything`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y"])
            let number = try await entry(fixture, "ticket:INC-1", "ticket.updated")
            let dry = try await fixture.rehearse("record.revert", ["entry": number])
            #expect(dry["changes"]?[0]?["changed"]?[0]?["after"] == "x")
            #expect(try await fixture.ticket("INC-1")["title"] == "y")
        }
    }

    // MARK: - What is kept beside them

    @Test func `Queues, calendars, agreements, freezes and models are brought back`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let kinds: [(method: String, ref: String, wish: JSON.Object)] = [
                ("queue", "queue:1", [:]),
                ("calendar", "calendar:1", ["time_zone": "UTC", "week": [:]]),
                (
                    "sla", "sla:1",
                    ["rank": 1, "targets": [["metric": "response", "target_ms": 1000]]]
                ),
                (
                    "freeze", "freeze:1",
                    ["from": "2030-01-01T00:00:00Z", "to": "2030-01-02T00:00:00Z"]
                ),
                ("change.model", "change_model:1", ["plan": "a", "backout_plan": "b"]),
            ]
            for (method, ref, wish) in kinds {
                var wish = wish
                wish["name"] = "one"
                try await fixture.call("\(method).create", .object(wish))
                let member = method.split(separator: ".").last.map(String.init) ?? method
                try await fixture.call(
                    "\(method).update", .object([member: "one", "name": "two"]))
                try await revert(fixture, ref, "\(method).updated")
                let back = try await fixture.call("\(method).list")["items"]?[0]
                #expect(back?["name"] == "one")
                #expect(back?["generation"] == 3)
                try await fixture.call("\(method).delete", .object([member: "one"]))
                try await revert(fixture, ref, "\(method).deleted")
                let again = try await fixture.call("\(method).list")["items"]?[0]
                #expect(again?["ref"]?.string == ref)
                #expect(again?["created_at"] == back?["created_at"])
                try await revert(fixture, ref, "\(method).created", "call")
                #expect(try await fixture.call("\(method).list")["items"] == [])
            }
        }
    }

    @Test func `A name that was taken since is in the way of a record`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.call("queue.delete", ["queue": "net"])
            try await fixture.call("queue.create", ["name": "net"])
            let reasons = try await refused(fixture, "queue:1", "queue.deleted")
            #expect(
                reasons["queue:1"] == "There is a queue named \"net\" already, queue:2.")
        }
    }
}
