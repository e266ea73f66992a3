import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

/// A file that the daemon writes a page at a time.
@Suite struct ExportTests {
    private static let method: JSON = [
        "name": "ticket.export", "summary": "Writes tickets.", "paramStructure": "by-name",
        "params": [
            ["name": "format", "schema": ["type": "string", "enum": ["csv", "jsonl"]]],
            [
                "name": "limit",
                "schema": ["type": "integer", "default": 2, "minimum": 1, "maximum": 2],
            ],
            ["name": "cursor", "schema": ["type": "string"]],
        ],
        "result": ["name": "result", "schema": ["type": "object"]], "x-effect": "read",
        "x-owner": "ticketing",
    ]

    /// Five tickets, two a page.
    @Sendable private static func answer(
        _ method: String, _ params: JSON, _ id: JSON
    ) -> FakeServer.Reply {
        guard method == "ticket.export" else {
            guard var document = (try? Fixture.document())?.object else { return .silence }
            document["methods"] = .array((document["methods"]?.array ?? []) + [Self.method])
            return .result(.object(document))
        }
        let start = params["cursor"]?.string.flatMap { Int($0) } ?? 0
        let end = min(5, start + min(params["limit"]?.int ?? 2, 2))
        let format = params["format"]?.string ?? "csv"
        let lines = (start..<end).map {
            format == "csv" ? "INC-\($0),\"a\r\nb\"\r\n" : "{\"key\":\"INC-\($0)\"}\n"
        }
        return .result([
            "format": .string(format),
            "text": .string((format == "csv" ? "key,title\r\n" : "") + lines.joined()),
            "count": .number(.init(end - start)),
            "next_cursor": end < 5 ? .string("\(end)") : .null,
        ])
    }

    private func run(_ line: String) throws -> Run {
        let server = try FakeServer(Self.answer)
        defer { server.stop() }
        return Run(line.split(separator: " ").map(String.init), socket: server.path)
    }

    @Test(arguments: ["", " --all", " --limit 5", " --limit 9"])
    func `a file is written whole, with its first line once`(more: String) throws {
        let run = try run("ticket export\(more)")
        let rows = (0..<5).map { "INC-\($0),\"a\r\nb\"\r\n" }
        #expect(run.out == "key,title\r\n" + rows.joined())
        #expect(run.err.isEmpty)
        #expect(run.exit == .success)
    }

    @Test func `of JSON lines every line is a record`() throws {
        let run = try run("ticket export --format jsonl")
        #expect(run.out == (0..<5).map { "{\"key\":\"INC-\($0)\"}\n" }.joined())
    }

    @Test func `a limit is kept, over pages, and the rest is spoken of`() throws {
        let run = try run("ticket export --limit 3")
        #expect(run.out.hasSuffix("INC-2,\"a\r\nb\"\r\n"))
        #expect(run.err == "more: repeat with --all, or with --cursor 3\n")
        let json = try JSON.parse(try self.run("ticket export --limit 3 -o json").out)
        #expect(json["count"] == 3)
        #expect(json["next_cursor"] == "3")
    }

    @Test(arguments: [true, false])
    func `a terminal gets no control characters of a file`(isTerminal: Bool) throws {
        let paper = Run.Paper()
        var stream = Stream(
            isTerminal: isTerminal, palette: .plain, width: nil, write: { paper.text += $0 })
        stream.width = isTerminal ? 80 : nil
        let file = "key,title\r\nINC-1,\u{1B}[2Jx\u{7}\r\n"
        Printer(
            settings: Settings(), now: Fixture.now, glyphs: Glyphs(isASCII: true), out: stream,
            err: stream
        ).print(
            ["format": "csv", "text": .string(file), "count": 1],
            of: try Fixture.command("system ping"), params: [:])
        #expect(paper.text == (isTerminal ? "key,title\nINC-1, [2Jx \n" : file))
    }
}
