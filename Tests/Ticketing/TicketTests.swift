import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Tickets come, change, move and talk.
@Suite struct TicketTests {
    @Test func `A ticket is opened with all that is said of it`() async throws {
        try await TicketingFixture.run { fixture in
            let ticket = try await fixture.call(
                "ticket.create",
                [
                    "title": "web1 is down", "description": "502 since ten", "impact": 2,
                    "urgency": 1, "requester": "anna", "assignee": "bert",
                    "labels": ["site": "ulm"], "channel": "phone",
                ])
            #expect(ticket["ref"] == "ticket:INC-1")
            #expect(ticket["key"] == "INC-1")
            #expect(ticket["kind"] == "incident")
            #expect(ticket["state"] == "new")
            #expect(ticket["priority"] == 2)
            #expect(ticket["channel"] == "phone")
            #expect(ticket["generation"] == 1)
            for name in ["INC-1", "inc-1", "ticket:INC-1"] {
                let page = try await fixture.call("ticket.get", ["ticket": .string(name)])
                #expect(page["ticket"] == ticket, "\(name)")
                #expect(
                    page["next_states"] == ["in_progress", "on_hold", "resolved", "cancelled"])
                #expect(page["work_ms"] == 0)
            }
            let event = try await fixture.events("ticket.created").first
            #expect(event?.data["ticket"] == "ticket:INC-1")
            #expect(event?.data["priority"] == 2)
            #expect(try await fixture.audited("ticket.created").first?.after == ticket)
            for word in ["down", "502", "ulm", "INC-1"] {
                #expect(try await fixture.found(word) == ["ticket:INC-1"], "\(word)")
            }
        }
    }

    @Test func `What is wrong is said with the path of every member, and nothing changes`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let error = await fixture.refusal(
                "ticket.create", ["title": "", "impact": 4, "urgency": 0, "kind": "bug"])
            let wrong = Set((error?.fields ?? []).map(\.path))
            #expect(wrong.isSuperset(of: ["title", "impact", "urgency", "kind"]), "\(wrong)")
            let reasonless = await fixture.refusal(
                "ticket.create", ["title": "x", "priority": 1])
            #expect(reasonless?.fields.map(\.path) == ["priority_reason"])
            let needless = await fixture.refusal(
                "ticket.create", ["title": "x", "priority_reason": "because"])
            #expect(needless?.fields.map(\.path) == ["priority_reason"])
            #expect(await fixture.refusal("ticket.get", ["ticket": "INC-9"])?.kind == "not_found")
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
            let events = try await fixture.events("ticket.created")
            #expect(events.isEmpty)
        }
    }

    @Test func `The second call with a source answers the ticket that there is`() async throws {
        try await TicketingFixture.run { fixture in
            let first = try await fixture.call(
                "ticket.create", ["title": "disk full", "source": "alert:7"])
            let second = try await fixture.call(
                "ticket.create", ["title": "disk still full", "source": "alert:7"])
            #expect(second == first)
            #expect(try await fixture.keys() == ["INC-1"])
            #expect(try await fixture.events("ticket.created").count == 1)
        }
    }

    @Test func `A dry run leaves nothing`() async throws {
        try await TicketingFixture.run { fixture in
            let dry = try await fixture.rehearse("ticket.create", ["title": "x"])
            #expect(dry["key"] == "INC-1")
            #expect(try await fixture.keys().isEmpty)
            #expect(try await fixture.open("y") == "INC-1")
        }
    }

    @Test func `A priority follows impact and urgency until somebody says another, with a reason`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            func update(_ members: JSON.Object) async throws -> [JSON?] {
                var params = members
                params["ticket"] = .string(key)
                let ticket = try await fixture.call("ticket.update", .object(params))
                return [ticket["priority"], ticket["priority_reason"]]
            }
            #expect(try await update(["impact": 1]) == [3, nil])
            #expect(
                try await update(["priority": 1, "priority_reason": "the boss"])
                    == [1, "the boss"])
            #expect(try await update(["urgency": 1]) == [1, "the boss"])
            #expect(try await update(["priority": 0]) == [1, nil])
            #expect(try await update(["urgency": 3]) == [3, nil])
        }
    }

    @Test func `An update changes what is given, and what is unchanged makes no generation`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x", ["requester": "anna"])
            let same = try await fixture.call(
                "ticket.update", ["ticket": .string(key), "title": "x"])
            #expect(same["generation"] == 1)
            #expect(try await fixture.events("ticket.updated").isEmpty)
            let changed = try await fixture.call(
                "ticket.update",
                ["ticket": .string(key), "title": "y", "requester": "", "labels": ["a": "b"]])
            #expect(changed["title"] == "y")
            #expect(changed["requester"] == nil)
            #expect(changed["labels"] == ["a": "b"])
            #expect(changed["generation"] == 2)
            let audit = try await fixture.audited("ticket.updated").first
            #expect(audit?.before?["title"] == "x")
            #expect(audit?.after == changed)
        }
    }

    @Test func `The second of two editors is told what the first has changed`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x", ["requester": "anna"])
            try await fixture.call(
                "ticket.update",
                ["ticket": .string(key), "title": "y", "requester": "", "generation": 1])
            try await fixture.call(
                "ticket.assign", ["ticket": .string(key), "assignee": "bert", "generation": 2])
            let params: JSON = ["ticket": .string(key), "description": "mine", "generation": 1]
            let error = await fixture.refusal("ticket.update", params)
            #expect(error?.kind == "stale_generation")
            #expect(
                error?.fields == [
                    .init(path: "assignee", reason: #"is "bert", and was nothing"#),
                    .init(path: "requester", reason: #"is nothing, and was "anna""#),
                    .init(path: "title", reason: #"is "y", and was "x""#),
                ])
            let second = await fixture.refusal(
                "ticket.transition",
                ["ticket": .string(key), "to": "in_progress", "generation": 2])
            #expect(second?.fields.map(\.path) == ["assignee"])
            #expect(try await fixture.ticket(key)["description"] == "")
            let future = await fixture.refusal(
                "ticket.assign", ["ticket": .string(key), "assignee": "x", "generation": 7])
            #expect(future?.kind == "stale_generation")
        }
    }

    @Test func `What was seen is looked for among what is a ticket, and not without end`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": .string(key), "title": "y"])
            let ref = Ticket.ref(key)
            func audit(
                _ action: String, _ after: JSON, about ref: Ref = ref, times: Int
            ) async throws {
                try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                    for _ in 1...times {
                        try tx.audit(action, ref, before: nil, after: after)
                    }
                }
            }
            func reasons(_ generation: JSON, about key: String = key) async -> [String]? {
                let error = await fixture.refusal(
                    "ticket.update",
                    ["ticket": .string(key), "description": "mine", "generation": generation])
                #expect(error?.kind == "stale_generation")
                return error?.fields.map(\.reason)
            }
            // Many lines about it, which are no ticket.
            try await audit("ticket.told", ["generation": 1, "title": "z"], times: 1500)
            #expect(await reasons(1) == [#"is "y", and was "x""#])
            #expect(await reasons(0) == [])
            #expect(await reasons(1_000_000_000) == [])
            try await audit("ticket.updated", ["generation": 2, "title": "y"], times: 1000)
            #expect(await reasons(1) == [])
            // Very many lines, of which none tells what the ticket was.
            let other = try await fixture.open("x")
            try await fixture.call("ticket.update", ["ticket": .string(other), "title": "y"])
            try await audit("ticket.told", [:], about: Ticket.ref(other), times: 9000)
            #expect(await reasons(1, about: other) == [#"is "y", and was "x""#])
            try await audit("ticket.told", [:], about: Ticket.ref(other), times: 1000)
            #expect(await reasons(1, about: other) == [])
        }
    }

    @Test func `What is known of a problem belongs to problems`() async throws {
        try await TicketingFixture.run { fixture in
            let incident = try await fixture.open("x")
            let error = await fixture.refusal(
                "ticket.update", ["ticket": .string(incident), "root_cause": "rust"])
            #expect(error?.fields.map(\.path) == ["root_cause"])
            let problem = try await fixture.open("y", ["kind": "problem"])
            let hollow = await fixture.refusal(
                "ticket.update", ["ticket": .string(problem), "known_error": true])
            #expect(hollow?.fields.map(\.path) == ["known_error"])
            let known = try await fixture.call(
                "ticket.update",
                ["ticket": .string(problem), "known_error": true, "workaround": "restart it"])
            #expect(known["known_error"] == true)
            #expect(try await fixture.found("restart") == ["ticket:PRB-1"])
        }
    }

    @Test func `A ticket's way is written into its timeline`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            try await fixture.move(key, "in_progress")
            try await fixture.move(key, "on_hold", ["hold_reason": "awaiting_vendor"])
            try await fixture.call("ticket.assign", ["ticket": .string(key), "assignee": "bert"])
            try await fixture.resolve(key, "new cable")
            let resolved = try await fixture.ticket(key)
            #expect(resolved["resolution_code"] == "fixed")
            try await fixture.move(key, "in_progress")
            #expect(try await fixture.ticket(key)["reopen_count"] == 1)
            #expect(
                try await fixture.lines(key) == [
                    "system new -> in_progress",
                    "system in_progress -> on_hold, awaiting_vendor",
                    "system assigned to bert, queue none",
                    "system on_hold -> resolved",
                    "system resolved -> in_progress",
                ])
            let states = try await fixture.events("ticket.transitioned").map {
                [$0.data["previous_state"], $0.data["state"]]
            }
            #expect(
                states == [
                    ["new", "in_progress"], ["in_progress", "on_hold"], ["on_hold", "resolved"],
                    ["resolved", "in_progress"],
                ])
            let illegal = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "closed"])
            #expect(illegal?.kind == "illegal_transition")
            #expect(illegal?.hint == "It can become on_hold, resolved, cancelled.")
        }
    }

    @Test func `Messages and notes are found, and the time worked is summed up`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            func say(_ body: String, _ more: JSON.Object) async throws -> JSON {
                var params = more
                params["ticket"] = .string(key)
                params["body"] = .string(body)
                return try await fixture.call(
                    "ticket.comment", .object(params), as: Principal("uid:7"))
            }
            let entry = try await say("we look at the router", ["work_ms": 60_000])
            #expect(entry["kind"] == "message")
            #expect(entry["author"] == "uid:7")
            let note = try await say("the caller is difficult", ["note": true, "work_ms": 5])
            #expect(note["kind"] == "note")
            let page = try await fixture.call("ticket.get", ["ticket": .string(key)])
            #expect(page["work_ms"] == 60_005)
            #expect(page["timeline"] == [entry, note])
            #expect(try await fixture.found("router") == ["ticket:INC-1"])
            let event = try await fixture.events("ticket.commented").last
            #expect(event?.data["entry_kind"] == "note")
            #expect(event?.data["author"] == "uid:7")
            let empty = await fixture.refusal(
                "ticket.comment", ["ticket": .string(key), "body": ""])
            #expect(empty?.fields.map(\.path) == ["body"])
        }
    }

    @Test func `A timeline goes on where its page ended`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            for number in 1...5 {
                try await fixture.call(
                    "ticket.comment", ["ticket": .string(key), "body": .string("\(number)")])
            }
            var bodies: [String] = []
            var cursor: JSON?
            repeat {
                var params: JSON.Object = ["ticket": .string(key), "limit": 2]
                params["cursor"] = cursor
                let page = try await fixture.call("ticket.timeline", .object(params))
                bodies += (page["items"]?.array ?? []).compactMap { $0["body"]?.string }
                cursor = page["next_cursor"]
            } while cursor != nil
            #expect(bodies == ["1", "2", "3", "4", "5"])
            let bad = await fixture.refusal(
                "ticket.timeline", ["ticket": .string(key), "cursor": "x"])
            #expect(bad?.fields.map(\.path) == ["cursor"])
            let last = try await fixture.call(
                "ticket.get", ["ticket": .string(key), "limit": 2])
            #expect(last["timeline"]?.array?.map { $0["body"] } == ["4", "5"])
        }
    }

    @Test func `A list is filtered, ordered and paged`() async throws {
        try await TicketingFixture.run { fixture in
            let urgent: JSON.Object = ["impact": 1, "urgency": 1, "assignee": "anna"]
            try await fixture.open("a", ["requester": "carl"])
            try await fixture.open("b", urgent)
            try await fixture.open("c", ["kind": "request"])
            try await fixture.open("d", urgent)
            try await fixture.resolve("INC-2", "done")
            #expect(try await fixture.keys() == ["INC-3", "REQ-1", "INC-2", "INC-1"])
            #expect(try await fixture.keys(["kind": "request"]) == ["REQ-1"])
            #expect(try await fixture.keys(["open": false]) == ["INC-2"])
            #expect(try await fixture.keys(["state": "resolved"]) == ["INC-2"])
            #expect(try await fixture.keys(["priority": 1, "open": true]) == ["INC-3"])
            #expect(try await fixture.keys(["assignee": "anna"]) == ["INC-3", "INC-2"])
            #expect(try await fixture.keys(["requester": "carl"]) == ["INC-1"])
            for order in ["newest", "priority"] {
                #expect(try await pages(fixture, order).count == 4)
            }
            #expect(
                try await pages(fixture, "priority") == ["INC-2", "INC-3", "INC-1", "REQ-1"])
            let wrong = await fixture.refusal(
                "ticket.list", ["sort": "priority", "cursor": "7"])
            #expect(wrong?.fields.map(\.path) == ["cursor"])
        }
    }

    /// All keys of a list that is read one ticket at a time.
    private func pages(_ fixture: TicketingFixture, _ order: String) async throws -> [String] {
        var keys: [String] = []
        var cursor: JSON?
        repeat {
            var params: JSON.Object = ["limit": 1, "sort": .string(order)]
            params["cursor"] = cursor
            let page = try await fixture.call("ticket.list", .object(params))
            keys += (page["items"]?.array ?? []).compactMap { $0["key"]?.string }
            cursor = page["next_cursor"]
        } while cursor != nil
        return keys
    }

    @Test func `No list by one filter is sorted after it was read`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            var lists: [(String, ListTickets)] = []
            func list(_ name: String, _ set: (inout ListTickets) -> Void) {
                var list = ListTickets()
                set(&list)
                lists.append((name, list))
            }
            list("all") { _ in }
            list("kind") { $0.kind = .problem }
            list("state") { $0.state = .resolved }
            list("open") { $0.open = true }
            list("priority") { $0.priority = 2 }
            list("queue") { $0.queue = "net" }
            list("assignee") { $0.assignee = "anna" }
            list("requester") { $0.requester = "ann" }
            list("all, urgent first") { $0.sort = .priority }
            list("open, urgent first") { ($0.open, $0.sort) = (true, .priority) }
            list("own, urgent first") {
                ($0.requester, $0.open, $0.sort) = ("ann", true, .priority)
            }
            for (name, list) in lists {
                let plan = try await fixture.platform.store.read { tx in
                    let question = try TicketQuestion(
                        list, by: .system, ownOnly: false, in: tx)
                    return try tx.rows(
                        "EXPLAIN QUERY PLAN \(question.sql)", arguments: question.arguments
                    ).map { try $0.text("detail") }
                }
                #expect(!plan.isEmpty)
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(name): \(plan)")
            }
        }
    }

    @Test func `A ticket is found by its newest lines and facets, and indexed when they change`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("Down")
            func say(_ body: String) async throws {
                try await fixture.call(
                    "ticket.comment", ["ticket": .string(key), "body": .string(body)])
            }
            func document() async throws -> Int? {
                try await fixture.platform.store.read { tx in
                    try tx.row("SELECT id FROM search_document WHERE ref = ?", "ticket:\(key)")?
                        .int("id")
                }
            }
            try await say("ancient")
            #expect(try await fixture.found("ancient") == ["ticket:\(key)"])
            try await say("recent " + String(repeating: "a ", count: 33_000))
            #expect(try await fixture.found("recent") == ["ticket:\(key)"])
            #expect(try await fixture.found("ancient").isEmpty)
            let first = try await document()
            try await fixture.call("ticket.assign", ["ticket": .string(key), "assignee": "anna"])
            try await fixture.move(key, "in_progress")
            for (state, found) in [("in_progress", 1), ("new", 0)] {
                let page = try await fixture.call(
                    "search.query",
                    [
                        "text": "recent", "nouns": ["ticket"],
                        "facets": ["assignee": "anna", "state": .string(state), "open": "true"],
                    ])
                #expect(page["total"]?.int == found && page["items"]?.array?.count == found)
            }
            let moved = try await document()
            #expect(moved != first)
            try await fixture.call(
                "ticket.link",
                ["ticket": .string(key), "relation": "affects", "to": "ci:1"])
            #expect(try await document() == moved)
            try await fixture.resolve(key, "rebooted")
            #expect(try await document() != moved)
            #expect(try await fixture.found("rebooted") == ["ticket:\(key)"])
        }
    }

    @Test func `Who asked for a request or a change stays known`() async throws {
        try await TicketingFixture.run { fixture in
            for kind in ["request", "change", "incident"] {
                try await fixture.open("x", ["kind": .string(kind), "requester": "ann"])
            }
            for key in ["REQ-1", "CHG-1"] {
                let error = await fixture.refusal(
                    "ticket.update", ["ticket": .string(key), "requester": ""])
                #expect(error?.fields.map(\.path) == ["requester"])
                #expect(try await fixture.ticket(key)["requester"] == "ann")
            }
            try await fixture.call("ticket.update", ["ticket": "INC-1", "requester": ""])
            #expect(try await fixture.ticket("INC-1")["requester"] == nil)
        }
    }
}
