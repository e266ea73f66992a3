import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Tickets as files.
@Suite struct ExportTests {
    @Test(arguments: [
        ("=1+2", "'=1+2"), ("+49 731", "'+49 731"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"), ("\rx", "'\rx"), ("\r\nx", "'\r\nx"), ("a=b", "a=b"), ("", ""),
        ("'x", "'x"), ("\nx", "'\nx"), ("\n=1", "'\n'=1"), ("x;=1+2;y", "x;'=1+2;y"),
        ("a,-1", "a,'-1"), ("a\t@b", "a\t'@b"), ("a\r\n+1", "a\r\n'+1"),
        ("x; \"=1\"", "x; \"'=1\""),
        ("\u{FEFF} =1", "\u{FEFF} '=1"), ("\u{FF1D}1", "'\u{FF1D}1"),
        ("a;\u{FF0B}1", "a;'\u{FF0B}1"),
        ("\u{FF0D}1", "'\u{FF0D}1"), ("\u{FF20}A", "'\u{FF20}A"), ("a - b; c=d", "a - b; c=d"),
    ])
    func `No cell is a formula`(text: String, cell: String) {
        #expect(TicketFile.safe(text) == cell)
    }

    @Test func `A line is that of RFC 4180`() {
        #expect(
            TicketFile.line(["a", "b,c", "say \"hi\"", "two\nlines", "crlf\r\n"])
                == "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\"crlf\r\n\"\r\n")
    }

    @Test func `A file has the tickets that a list has, and goes on where it ended`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("=cmd|' /C calc'!A0", ["requester": "anna"])
            try await fixture.open("plain", ["description": "one\ntwo", "labels": ["a": "b"]])
            try await fixture.open("other", ["kind": "request"])
            let first = try await fixture.call("ticket.export", ["kind": "incident", "limit": 1])
            #expect(first["count"] == 1)
            let text = first["text"]?.string ?? ""
            #expect(text.hasPrefix("key,kind,state,priority,title,description,"))
            #expect(text.contains("\r\nINC-2,incident,new,5,plain,\"one\ntwo\",,,,3,3,api,"))
            #expect(text.contains(#""{""a"":""b""}""#))
            let second = try await fixture.call(
                "ticket.export", ["kind": "incident", "cursor": first["next_cursor"] ?? .null])
            #expect(second["count"] == 1)
            #expect(second["next_cursor"] == nil)
            #expect(second["text"]?.string?.contains(",'=cmd|' /C calc'!A0,") == true)
        }
    }

    @Test func `Whatever a spreadsheet cuts a file at, no piece of it is a formula`() async throws {
        let fields: JSON = ["fields": [["name": "site"]]]
        try await TicketingFixture.run(fields) { fixture in
            let formulas = "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}"
            let text = formulas.flatMap { sign in
                [",", ";", "\t", "\n", "\r\n", "; \"", ",\u{A0}"].map { "x\($0)\(sign)1+2" }
            }.joined(separator: "|")
            for sign in formulas {
                try await fixture.open("\(sign)1;\(sign)2", ["description": .string(text)])
            }
            try await fixture.open(
                "x;=1+2;y",
                [
                    "labels": ["a": .string(text)], "fields": ["site": .string(text)],
                    "requester": "\n=x",
                ])
            let file = try await fixture.call("ticket.export")["text"]?.string ?? ""
            for separator in [",", ";", "\t"] as [Character] {
                let cells = file.unicodeScalars.split {
                    $0 == separator.unicodeScalars.first || $0 == "\n" || $0 == "\r"
                }
                for cell in cells {
                    let first = cell.first { !" \"\u{A0}\t".unicodeScalars.contains($0) }
                    #expect(
                        first.map { !formulas.unicodeScalars.contains($0) } ?? true,
                        "\(String(cell)) when cut at \(separator)")
                }
            }
            // What is written as JSON is the same when it is read again.
            for name in ["a", "site"] {
                let begin = try #require(file.firstRange(of: "{\"\"\(name)\"\""))
                let end = try #require(file[begin.lowerBound...].firstIndex(of: "}"))
                let json = String(file[begin.lowerBound...end]).replacing("\"\"", with: "\"")
                #expect(try JSON.parse(json) == .object([name: .string(text)]))
            }
        }
    }

    @Test func `JSON lines are the tickets as they are`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("=x")
            try await fixture.open("y")
            let file = try await fixture.call("ticket.export", ["format": "jsonl"])
            let lines = (file["text"]?.string ?? "").split(separator: "\n").map(String.init)
            let tickets = try lines.map { try JSON.parse($0) }
            let first = try await fixture.ticket("INC-1")
            let second = try await fixture.ticket("INC-2")
            let worked = [second, first].map { ticket in
                var members = ticket.object ?? [:]
                members["work_ms"] = 0
                return JSON.object(members)
            }
            #expect(tickets == worked)
        }
    }

    @Test func `The time worked stands in lists and files, but not for who only asks`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x", ["requester": "uid:5001"])
            try await fixture.open("y")
            for (ticket, ms) in [("INC-1", 60_000), ("INC-1", 30_000), ("INC-2", 1000)] {
                try await fixture.call(
                    "ticket.comment",
                    [
                        "ticket": .string(ticket), "body": "done", "note": true,
                        "work_ms": .number(JSON.Number(ms)),
                    ])
            }
            func worked(_ list: JSON) -> [Int?] {
                (list["items"]?.array ?? []).map { $0["work_ms"]?.int }
            }
            #expect(worked(try await fixture.call("ticket.list")) == [1000, 90_000])
            #expect(worked(try await fixture.call("ticket.list", uid: 5001)) == [0])
            let file = try await fixture.call("ticket.export")["text"]?.string ?? ""
            #expect(
                file.split(separator: "\r\n").map { $0.split(separator: ",").last } == [
                    "work_ms", "1000", "90000",
                ])
            // A merge takes the work along.
            try await fixture.call(
                "ticket.merge", ["ticket": "INC-2", "into": "INC-1", "share": true])
            #expect(worked(try await fixture.call("ticket.list")) == [0, 91_000])
        }
    }

    @Test func `The time worked is added up by person and time`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x")
            try await fixture.open("y")
            let start = fixture.time.now()
            func work(_ ticket: String, _ ms: Int, _ name: String) async throws {
                try await fixture.call(
                    "ticket.comment",
                    [
                        "ticket": .string(ticket), "body": "b",
                        "work_ms": .number(JSON.Number(ms)),
                    ], as: Principal(name))
            }
            try await work("INC-1", 1000, "anna")
            try await work("INC-2", 2000, "anna")
            try await work("INC-1", 4000, "bert")
            await fixture.time.advance(by: .seconds(3600))
            try await work("INC-1", 8000, "anna")
            let all = try await fixture.call(
                "ticket.time", ["to": .string((fixture.time.now() + .seconds(1)).description)])
            #expect(all["total_ms"] == 15_000)
            #expect(
                all["items"] == [
                    ["person": "anna", "work_ms": 11_000, "lines": 3, "tickets": 2],
                    ["person": "bert", "work_ms": 4000, "lines": 1, "tickets": 1],
                ])
            let hour: JSON.Object = [
                "from": .string(start.description),
                "to": .string((start + .seconds(3600)).description),
            ]
            let early = try await fixture.call("ticket.time", .object(hour))
            #expect(early["total_ms"] == 7000)
            var one = hour
            one["ticket"] = "INC-1"
            one["limit"] = 1
            let page = try await fixture.call("ticket.time", .object(one))
            #expect(page["items"]?.array?.map { $0["work_ms"] } == [1000])
            #expect(page["total_ms"] == 5000)
            one["cursor"] = page["next_cursor"]
            let rest = try await fixture.call("ticket.time", .object(one))
            #expect(rest["items"]?[0]?["person"] == "bert")
            #expect(rest["next_cursor"] == nil)
            let none = try await fixture.call("ticket.time", ["to": "2020-01-01T00:00:00Z"])
            #expect(none["items"] == [] && none["total_ms"] == 0)
            let error = await fixture.refusal(
                "ticket.time", ["from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z"])
            #expect(error?.fields.map(\.path) == ["to"])
        }
    }
}
