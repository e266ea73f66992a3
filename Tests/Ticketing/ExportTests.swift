import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Tickets as files.
@Suite struct ExportTests {
    @Test(arguments: [
        ("=1+2", "'=1+2"), ("+49 731", "'+49 731"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"), ("\rx", "'\rx"), ("\r\nx", "'\r\nx"), ("a=b", "a=b"), ("", ""),
        ("'x", "'x"),
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

    @Test func `JSON lines are the tickets as they are`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("=x")
            try await fixture.open("y")
            let file = try await fixture.call("ticket.export", ["format": "jsonl"])
            let lines = (file["text"]?.string ?? "").split(separator: "\n").map(String.init)
            let tickets = try lines.map { try JSON.parse($0) }
            let first = try await fixture.ticket("INC-1")
            let second = try await fixture.ticket("INC-2")
            #expect(tickets == [second, first])
        }
    }
}
