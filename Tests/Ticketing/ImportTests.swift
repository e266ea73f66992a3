import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Tickets come in by the file: all of it or nothing, and the second time nothing changes.
@Suite struct ImportTests {
    private static let config: JSON = [
        "fields": [
            ["name": "site", "type": "choice", "options": ["7", "ulm"]],
            ["name": "room"], ["name": "cost", "type": "number", "kinds": ["request"]],
        ]
    ]
    private let desk = """
        source,kind,title,description,impact,urgency,requester,queue,labels,fields.room
        desk:1,incident,Mail is down,"since nine,
        for all",1,1,carl,network,"env=production, site=ulm",007
        desk:2,request,A second screen,,,,dora,,,12

        """

    private func counts(_ answer: JSON) -> [Int?] {
        ["created", "updated", "unchanged"].map { answer["counts"]?["ticket"]?[$0]?.int }
    }

    @discardableResult
    private func take(
        _ fixture: TicketingFixture, _ text: String, _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params = more
        params["text"] = .string(text)
        return try await fixture.call("ticket.import", .object(params))
    }

    private func refused(_ fixture: TicketingFixture, _ text: String) async -> [String] {
        let error = await fixture.refusal("ticket.import", ["text": .string(text)])
        #expect(error?.kind == "invalid_params")
        return error?.fields.map(\.path) ?? []
    }

    /// How much there is of all that an import writes; that it was called is in the audit log, too.
    private func written(_ fixture: TicketingFixture) async throws -> [Int] {
        var counts: [Int] = []
        for table in [
            "ticketing_ticket", "ticketing_entry", "event", "audit WHERE action <> 'write'",
        ] {
            counts.append(try await fixture.count(table))
        }
        return counts
    }

    private func run(_ body: (TicketingFixture) async throws -> Void) async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "network", "assignee": "anna"])
            try await body(fixture)
        }
    }

    @Test func `A file is taken in once, and again writes nothing`() async throws {
        try await run { fixture in
            #expect(counts(try await take(fixture, desk)) == [2, 0, 0])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "Mail is down")
            #expect(ticket["description"] == "since nine,\nfor all")
            #expect(ticket["state"] == "new")
            #expect(ticket["priority"] == 1)
            #expect(ticket["queue"] == "network")
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["labels"] == ["env": "production", "site": "ulm"])
            #expect(ticket["source"] == "desk:1")
            #expect(try await fixture.ticket("REQ-1")["impact"] == 3)
            #expect(try await fixture.found("nine") == ["ticket:INC-1"])
            #expect(try await fixture.events("ticket.created").count == 2)
            #expect(try await fixture.audited("ticket.created").count == 2)
            #expect(
                try await fixture.audited("ticket.imported").map(\.after) == [
                    ["ticket": ["created": 2, "updated": 0, "unchanged": 0]]
                ])
            let before = try await written(fixture)
            let again = try await take(fixture, desk)
            #expect(counts(again) == [0, 0, 2])
            #expect(again["changes"] == [])
            #expect(try await written(fixture) == before)
        }
    }

    @Test func `A dry run shows the exact difference and leaves nothing`() async throws {
        try await run { fixture in
            try await take(fixture, desk)
            let before = try await written(fixture)
            let text = """
                source,title,urgency,requester,assignee
                desk:1,Mail is slow,3,,bert
                desk:3,A third screen,2,dora,
                """
            let dry = try await fixture.rehearse("ticket.import", ["text": .string(text)])
            #expect(counts(dry) == [1, 1, 0])
            #expect(dry["changes"]?[0]?["action"] == "update")
            #expect(dry["changes"]?[0]?["ref"] == "ticket:INC-1")
            #expect(
                dry["changes"]?[0]?["before"] == [
                    "title": "Mail is down", "urgency": 1, "priority": 1, "requester": "carl",
                    "assignee": "anna",
                ])
            #expect(
                dry["changes"]?[0]?["after"] == [
                    "title": "Mail is slow", "urgency": 3, "priority": 3, "assignee": "bert",
                ])
            #expect(dry["changes"]?[1]?["action"] == "create")
            #expect(dry["changes"]?[1]?["after"]?["source"] == "desk:3")
            #expect(try await written(fixture) == before)
            let real = try await take(fixture, text)
            #expect(real["counts"] == dry["counts"])
            #expect(real["changes"] == dry["changes"])
            #expect(try await fixture.lines("INC-1") == ["system assigned to bert, queue network"])
            #expect(try await fixture.audited("ticket.updated").count == 1)
        }
    }

    @Test func `What was done since stays where the file has no column for it`() async throws {
        try await run { fixture in
            try await take(fixture, desk)
            try await fixture.move("INC-1", "in_progress")
            try await fixture.call(
                "ticket.update",
                ["ticket": "INC-1", "priority": 2, "priority_reason": "calm", "title": "Mine"])
            #expect(counts(try await take(fixture, "source,state\ndesk:1,new")) == [0, 0, 1])
            #expect(
                counts(try await take(fixture, "source,fields.room,labels\ndesk:1,,")) == [0, 1, 0])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["state"] == "in_progress")
            #expect(ticket["title"] == "Mine")
            #expect(ticket["priority"] == 2)
            #expect(ticket["priority_reason"] == "calm")
            #expect(ticket["fields"] == [:])
            #expect(ticket["labels"] == [:])
        }
    }

    @Test func `A byte-order mark, semicolons and line ends of Windows are read`() async throws {
        try await run { fixture in
            let text = "\u{FEFF}source;title;labels\r\na:1;\"Häfele; Tür\";k=v,l=w\r\n"
            #expect(counts(try await take(fixture, text)) == [1, 0, 0])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "Häfele; Tür")
            #expect(ticket["labels"] == ["k": "v", "l": "w"])
        }
    }

    @Test func `Columns that are none of a ticket are refused by name`() async throws {
        try await run { fixture in
            let wrong = "source,titel,resolved_at,title\na:1,x,y,z"
            let error = await fixture.refusal("ticket.import", ["text": .string(wrong)])
            #expect(error?.fields.map(\.path) == ["line 1", "line 1"])
            #expect(error?.fields.first?.reason.hasPrefix("\"titel\" is no member;") == true)
            #expect(await refused(fixture, "source,title\na:1,x,y") == ["line 2"])
            #expect(
                await refused(fixture, "source,title,fields.colour\na:1,x,red")
                    == ["line 2: fields.colour"])
            #expect(
                await refused(fixture, #"{"source": "a:1", "title": "x", "resolution": "y"}"#)
                    == ["line 1: resolution"])
            #expect(
                await refused(fixture, #"{"source": "a:1", "title": "x", "items": ["ci:1"]}"#)
                    == ["line 1: items"])
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
        }
    }

    @Test func `One line that is wrong leaves nothing, and every wrong line is said`() async throws
    {
        try await run { fixture in
            let before = try await written(fixture)
            let text = """
                source,title,impact,priority,queue,state,created_at,labels
                a:1,good,,,,,,
                a:2,,9,,,,,
                a:3,x,,1,,,,
                a:4,x,,,nowhere,,,
                a:5,x,,,,resolved,yesterday,nothing
                a:1,twice,,,,,,
                ,x,,,,,,
                a:6,x,,,,,2999-01-01T00:00:00Z,
                """
            let paths = await refused(fixture, text)
            #expect(
                Set(paths) == [
                    "line 3: title", "line 3: impact", "line 4: priority_reason", "line 5: queue",
                    "line 6: state", "line 6: created_at", "line 6: labels", "line 7",
                    "line 8: source", "line 9: created_at",
                ])
            #expect(try await written(fixture) == before)
        }
    }

    @Test func `A hundred mistakes are enough`() async throws {
        try await run { fixture in
            let rows = (1...150).map { "a:\($0),,\n" }.joined()
            let paths = await refused(fixture, "source,title,state\n" + rows)
            #expect(paths.count == 100)
        }
    }

    @Test func `By rows the wrong lines are left out, with all that they had written`() async throws
    {
        try await run { fixture in
            let text = "source,title,priority\na:1,good,\na:2,bad,1\na:1,again,\na:3,last,\n"
            let answer = try await take(fixture, text, ["mode": "rows", "first_line": 102])
            #expect(counts(answer) == [2, 0, 0])
            #expect(answer["rejected"] == 2)
            #expect(
                answer["mistakes"]?.array?.map { $0["path"] } == [
                    "line 103: priority_reason", "line 104",
                ])
            #expect(try await fixture.keys() == ["INC-2", "INC-1"])
            #expect(try await fixture.ticket("INC-1")["title"] == "good")
            #expect(try await fixture.events("ticket.created").count == 2)
        }
    }

    @Test func `What looks like a formula or a number is a text`() async throws {
        try await run { fixture in
            let text =
                "source,kind,title,fields.room,fields.site,fields.cost\n"
                + "a:1,request,=1+2,4711,7,12.50\na:2,request,@SUM(A1),=B1,ulm,\n"
            #expect(counts(try await take(fixture, text)) == [2, 0, 0])
            #expect(try await fixture.ticket("REQ-1")["title"] == "=1+2")
            let fields = try await fixture.ticket("REQ-1")["fields"]
            #expect(fields?["room"] == "4711")
            #expect(fields?["site"] == "7")
            #expect(fields?["cost"]?.double == 12.5)
            #expect(try await fixture.ticket("REQ-2")["fields"]?["room"] == "=B1")
            let file = try await fixture.call("ticket.export", [:])["text"]?.string ?? ""
            #expect(file.contains(",'=1+2,"))
            #expect(file.contains(",'@SUM(A1),"))
        }
    }

    @Test func `JSON lines bring tickets as ticket.create takes them`() async throws {
        try await run { fixture in
            let text = """
                {"source": "a:1", "title": "one", "labels": {"who": "the boss"}, "channel": "mail"}
                {"source": "a:2", "title": "two", "kind": "change", "priority": 1, "priority_reason": "law"}
                """
            let first = try await take(fixture, text)
            #expect(counts(first) == [2, 0, 0])
            #expect(try await fixture.ticket("INC-1")["labels"] == ["who": "the boss"])
            #expect(try await fixture.ticket("CHG-1")["priority_reason"] == "law")
            #expect(counts(try await take(fixture, text)) == [0, 0, 2])
            #expect(
                await refused(fixture, #"{"source": "a:1", "channel": "phone"}"#)
                    == ["line 1: channel"])
            #expect(
                await refused(fixture, #"{"source": "a:1", "kind": "problem"}"#)
                    == ["line 1: kind"])
        }
    }

    @Test func `A ticket is as old as it was, and so are its clocks`() async throws {
        try await run { fixture in
            try await fixture.call(
                "sla.create",
                [
                    "name": "gold", "rank": 10,
                    "targets": [["metric": "response", "target_ms": 3_600_000]],
                ])
            let start = fixture.time.now() - .seconds(1800)
            let text = "source,title,created_at\na:1,x,\(start)"
            try await take(fixture, text)
            #expect(try await fixture.ticket("INC-1")["created_at"]?.string == start.description)
            let page = try await fixture.call("ticket.get", ["ticket": "INC-1"])
            let due = start + .seconds(3600)
            #expect(page["clocks"]?[0]?["due_at"]?.string == due.description)
            #expect(counts(try await take(fixture, text)) == [0, 0, 1])
            #expect(
                await refused(fixture, "source,created_at\na:1,2020-01-01T00:00:00Z")
                    == ["line 2: created_at"])
        }
    }

    @Test func `The report is cut at its limit, and the limit of a file is a setting`() async throws
    {
        try await TicketingFixture.run(["max_import_records": 3]) { fixture in
            let lines = (1...3).map { "a:\($0),x" }.joined(separator: "\n")
            let answer = try await take(fixture, "source,title\n" + lines, ["limit": 1])
            #expect(answer["changes"]?.array?.count == 1)
            #expect(answer["more_changes"] == 2)
            #expect(await refused(fixture, "source,title\n\(lines)\na:4,x") == ["text"])
        }
    }

    @Test func `By rows, a line that cannot be read leaves out only itself`() async throws {
        try await run { fixture in
            let text = "source,title\ndesk:1,one\ndesk:2,two,too many\ndesk:3,three\n"
            #expect(await refused(fixture, text) == ["line 3"])
            let answer = try await take(fixture, text, ["mode": "rows"])
            #expect(counts(answer) == [2, 0, 0])
            #expect(answer["rejected"] == 1)
            #expect(answer["mistakes"]?[0]?["path"] == "line 3")
            let lines = try await take(
                fixture, "{\"source\":\"desk:1\"\n{\"source\":\"desk:4\",\"title\":\"four\"}",
                ["mode": "rows"])
            #expect(counts(lines) == [1, 0, 0])
            #expect(lines["rejected"] == 1)
        }
    }

    @Test func `A number of a line that no file has is refused`() async throws {
        try await run { fixture in
            for number in [Int.max, Int.max - 1, 0, -1] {
                let error = await fixture.refusal(
                    "ticket.import",
                    ["text": .string(desk), "first_line": .number(JSON.Number(number))])
                #expect(error?.fields.map(\.path) == ["first_line"])
            }
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
        }
    }
}
