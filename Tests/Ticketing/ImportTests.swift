import OpsImport
import OpsInventory
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

    @Test func `Items and time worked are part of the difference`() async throws {
        try await run { fixture in
            let first = try await take(fixture, "source,title,items,work_ms\na:1,x,ci:1,5000")
            #expect(first["changes"]?[0]?["after"]?["items"] == ["ci:1"])
            #expect(first["changes"]?[0]?["after"]?["work_ms"] == 5000)
            let text = "source,title,items\na:1,x,ci:1 ci:2"
            let dry = try await fixture.rehearse("ticket.import", ["text": .string(text)])
            #expect(counts(dry) == [0, 1, 0])
            #expect(dry["changes"]?[0]?["before"] == ["items": ["ci:1"]])
            #expect(dry["changes"]?[0]?["after"] == ["items": ["ci:1", "ci:2"]])
            #expect(try await take(fixture, text)["changes"] == dry["changes"])
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
            let wrong = "source,titel,solved_at,title\na:1,x,y,z"
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
                await refused(fixture, #"{"source": "a:1", "title": "x", "items": ["web1"]}"#)
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
                a:5,x,,,,asleep,yesterday,nothing
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
            #expect(
                await refused(fixture, #"{"source": "a:3", "title": "x", "template": "vpn"}"#)
                    == ["line 1: template"])
        }
    }

    @Test func `A new ticket is in its queue as that is when it is written`() async throws {
        try await run { fixture in
            let record = ImportedRecord(
                line: 2, members: ["source": "a:1", "title": "x", "queue": "network"])
            let store = fixture.platform.store
            let setting = try await store.read { tx in
                try ImportSetting(
                    TicketingPolicy(TicketingSettings()), by: "op",
                    at: Instant(milliseconds: 1000), [record], in: tx)
            }
            let line = try TicketLine(record, setting)
            let early = try line.draft(in: setting.queues["network"], setting).ticket
            #expect(early.queue == "network" && early.assignee == "anna")
            try await fixture.call("queue.update", ["queue": "network", "assignee": "bert"])
            let queue = try await store.read { try Queue.named("network", in: $0) }
            let late = try line.draft(in: queue, setting).ticket
            #expect(late.queue == "network" && late.assignee == "bert")
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

    @Test func `A ticket comes in where it stood, as long ago as it was`() async throws {
        try await run { fixture in
            try await fixture.sla(
                "gold",
                [
                    ["metric": "response", "target_ms": 3_600_000],
                    ["metric": "resolution", "target_ms": 1_000_000_000],
                ])
            let now = fixture.time.now()
            func ago(_ hours: Int) -> String { (now - .seconds(hours * 3600)).description }
            let text = """
                source,kind,title,assignee,state,hold_reason,resolution,created_at,resolved_at,closed_at,work_ms,items
                a:1,incident,one,anna,closed,,a new disk,\(ago(50)),\(ago(40)),\(ago(30)),5400000,ci:1 ci:2
                a:2,incident,two,,on_hold,awaiting_vendor,,\(ago(20)),,,,
                a:3,request,three,,rejected,,too dear,\(ago(20)),,,,
                a:4,change,four,,cancelled,,,\(ago(20)),,\(ago(10)),,
                a:5,problem,five,,root_cause_analysis,,,,,,,
                """
            #expect(counts(try await take(fixture, text)) == [5, 0, 0])
            let closed = try await fixture.call("ticket.get", ["ticket": "INC-1"])
            let ticket = closed["ticket"]
            #expect(ticket?["state"] == "closed")
            #expect(ticket?["resolution"] == "a new disk")
            #expect(ticket?["resolution_code"] == "fixed")
            #expect(ticket?["resolved_at"]?.string == ago(40))
            #expect(ticket?["closed_at"]?.string == ago(30))
            #expect(closed["work_ms"] == 5_400_000)
            #expect(closed["clocks"] == [])
            #expect(closed["links"]?.array?.map { $0["to"] } == ["ci:1", "ci:2"])
            #expect(try await fixture.found("disk") == ["ticket:INC-1"])
            let held = try await fixture.call("ticket.get", ["ticket": "INC-2"])
            #expect(held["clocks"]?.array?.map { $0["metric"] } == ["resolution"])
            #expect(held["clocks"]?[0]?["state"] == "paused")
            let rejected = try await fixture.ticket("REQ-1")
            #expect(rejected["resolution_code"] == "other")
            #expect(rejected["resolved_at"]?.string == now.description)
            #expect(try await fixture.ticket("CHG-1")["closed_at"]?.string == ago(10))
            #expect(try await fixture.ticket("PRB-1")["state"] == "root_cause_analysis")
            // Time worked is told as the work of whoever had the ticket.
            let report = try await fixture.call(
                "ticket.time", ["from": .string(ago(100)), "to": .string(ago(0))])
            #expect(report["items"]?[0]?["person"] == "anna")
            let before = try await written(fixture)
            #expect(counts(try await take(fixture, text)) == [0, 0, 5])
            #expect(try await written(fixture) == before)
        }
    }

    @Test func `What was answered or over elsewhere gets no clock for that here, whatever comes`()
        async throws
    {
        try await run { fixture in
            try await fixture.sla(
                "gold",
                [
                    ["metric": "response", "target_ms": 3_600_000],
                    ["metric": "resolution", "target_ms": 10_000_000_000],
                    ["metric": "update", "target_ms": 3_600_000],
                ])
            try await fixture.call("queue.create", ["name": "net"])
            let past = (fixture.time.now() - .seconds(30 * 86_400)).description
            try await take(
                fixture,
                """
                source,title,requester,state,resolution,created_at
                a:1,worked,ann,in_progress,,\(past)
                a:2,done,ann,resolved,a new disk,\(past)
                """)
            try await fixture.move("INC-2", "in_progress")
            for key in ["INC-1", "INC-2"] {
                try await fixture.call("ticket.assign", ["ticket": .string(key), "queue": "net"])
                try await fixture.call(
                    "ticket.update", ["ticket": .string(key), "labels": ["a": "b"], "urgency": 1])
                try await fixture.call(
                    "sla.recompute", ["ticket": .string(key), "reason": "new terms"])
            }
            func metrics(_ key: String) async throws -> [JSON?] {
                let page = try await fixture.call("ticket.get", ["ticket": .string(key)])
                return (page["clocks"]?.array ?? []).map { $0["metric"] }
            }
            #expect(try await metrics("INC-1") == ["resolution"])
            #expect(try await metrics("INC-2") == [])
            #expect(try await fixture.events("sla.breached").isEmpty)
            // Who asks again waits for an answer as everybody does who was answered.
            try await fixture.call(
                "ticket.comment", ["ticket": "INC-1", "body": "any news?"], as: Principal("ann"))
            #expect(try await metrics("INC-1") == ["resolution", "update"])
        }
    }

    @Test func `What does not fit together of a past is said by its member`() async throws {
        try await run { fixture in
            let now = fixture.time.now()
            let (early, late) = (now - .seconds(60), now + .seconds(60))
            let text = """
                source,kind,title,state,hold_reason,resolution,created_at,resolved_at,closed_at,work_ms
                a:1,incident,x,assess,,,,,,
                a:2,change,x,scheduled,,,,,,
                a:3,incident,x,on_hold,,,,,,
                a:4,incident,x,new,awaiting_vendor,y,,,,
                a:5,incident,x,resolved,,,,,,
                a:6,incident,x,closed,,y,\(now),\(early),\(late),
                a:7,incident,x,in_progress,,,,,\(early),-1
                """
            #expect(
                Set(await refused(fixture, text)) == [
                    "line 2: state", "line 3: state", "line 4: hold_reason", "line 5: hold_reason",
                    "line 5: resolution", "line 6: resolution", "line 7: closed_at",
                    "line 7: resolved_at", "line 8: work_ms",
                ])
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
        }
    }

    @Test func `Items of a file are links, by ref or by what the inventory calls them`()
        async throws
    {
        try await TicketingFixture.run(others: [InventoryPlugin.self]) { fixture in
            try await fixture.call("ci.create", ["name": "web1", "class": "server"])
            let text = "source,title,items\na:1,x,\"web1, ci:9\"\n"
            #expect(counts(try await take(fixture, text)) == [1, 0, 0])
            let links = try await fixture.call("ticket.get", ["ticket": "INC-1"])["links"]
            #expect(links?.array?.map { $0["to"] } == ["ci:1", "ci:9"])
            let error = await fixture.refusal(
                "ticket.import", ["text": "source,title,items\na:2,x,web2"])
            #expect(error?.fields.map(\.path) == ["line 2: items"])
            #expect(error?.fields.first?.reason == "\"web2\": There is no item \"web2\".")
            // Beside what there is; a link that is not in the file stays.
            #expect(
                counts(try await take(fixture, "source,items\na:1,ci:5")) == [0, 1, 0])
            let more = try await fixture.call("ticket.get", ["ticket": "INC-1"])["links"]
            #expect(more?.array?.count == 3)
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

    @Test func `Who was taken off a ticket is not given it again by the same file`() async throws {
        try await run { fixture in
            try await take(fixture, desk)
            try await fixture.call("ticket.assign", ["ticket": "INC-1", "assignee": ""])
            let answer = try await take(fixture, desk)
            #expect(counts(answer) == [0, 0, 2])
            #expect(try await fixture.ticket("INC-1")["assignee"] == nil)
        }
    }

    @Test func `Who imports a request asks for it, unless the file says who does`() async throws {
        try await run { fixture in
            let text = "source,kind,title,requester\na:1,request,a pen,\na:2,incident,down,\n"
            try await fixture.call("ticket.import", ["text": .string(text)], as: Principal("carl"))
            #expect(try await fixture.ticket("REQ-1")["requester"] == "carl")
            #expect(try await fixture.ticket("INC-1")["requester"] == nil)
            #expect(counts(try await take(fixture, text)) == [0, 0, 2])
            let error = await fixture.refusal(
                "approval.request", ["ticket": "REQ-1", "approvers": ["carl"]])
            #expect(error?.fields.map(\.path) == ["approvers[0]"])
        }
    }

    @Test func `A ticket that was merged is left alone, and can be taken back`() async throws {
        try await run { fixture in
            let text = "source,title\na:1,one\na:2,two\n"
            try await take(fixture, text)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let answer = try await take(fixture, "source,title\na:1,another\na:2,two\n")
            #expect(counts(answer) == [0, 0, 2])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await fixture.ticket("INC-1")["title"] == "one")
        }
    }

    @Test func `A time that stands for none is refused`() async throws {
        try await run { fixture in
            let text = "source,title,created_at\na:1,x,0001-01-01T00:00:00Z\n"
            let refused = await refused(fixture, text)
            #expect(refused == ["line 2: created_at"])
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
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
