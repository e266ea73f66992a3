import OpsJSONRPC
import Synchronization
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

    private static let list: JSON = [
        "name": "evidence.export", "summary": "Lists the audit log.",
        "paramStructure": "by-name", "params": [["name": "cursor", "schema": ["type": "string"]]],
        "result": [
            "name": "result",
            "schema": [
                "type": "object",
                "properties": ["items": ["type": "array"], "next_cursor": ["type": "string"]],
            ],
        ], "x-effect": "read", "x-owner": "core",
    ]

    /// Five entries, two a page.
    private static func entries(_ params: JSON) -> FakeServer.Reply {
        let start = params["cursor"]?.string.flatMap { Int($0) } ?? 0
        let end = min(5, start + 2)
        let items = (start..<end).map {
            JSON.object(["seq": .number(JSON.Number($0)), "at": "now"])
        }
        return .result([
            "items": .array(items), "next_cursor": end < 5 ? .string("\(end)") : .null,
        ])
    }

    /// Five tickets, two a page.
    @Sendable private static func answer(
        _ method: String, _ params: JSON, _ id: JSON
    ) -> FakeServer.Reply {
        if method == "evidence.export" { return entries(params) }
        guard method == "ticket.export" else {
            guard var document = (try? Fixture.document())?.object else { return .silence }
            document["methods"] = .array(
                (document["methods"]?.array ?? []) + [Self.method, Self.list])
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

    // MARK: - Page by page

    @Test
    func `a file is written as its pages come, and kept only where the answer is to be whole`()
        throws
    {
        let document: JSON = ["methods": [Self.method]]
        let command = try #require(
            Interface(document: document).command(["ticket", "export"]))
        func fetch(_ takePart: ((String) -> Void)?) throws -> JSON {
            try Pages(command: command, all: true, takePart: takePart) { params in
                guard case .result(let page) = Self.answer("ticket.export", .object(params), 1)
                else { return nil }
                return page
            }.fetch(["format": "jsonl"])
        }
        var parts: [String] = []
        let written = try fetch { parts.append($0) }
        #expect(
            parts == [
                "{\"key\":\"INC-0\"}\n{\"key\":\"INC-1\"}\n",
                "{\"key\":\"INC-2\"}\n{\"key\":\"INC-3\"}\n", "{\"key\":\"INC-4\"}\n",
            ])
        #expect(written["text"] == "" && written["count"] == 5)
        #expect(try fetch(nil)["text"] == .string(parts.joined()))
    }

    @Test func `what came before a page that fails is written, and the failure is told`() throws {
        let server = try FakeServer { method, params, id in
            params["cursor"] == "4" ? .error(.notFound("Gone.")) : Self.answer(method, params, id)
        }
        defer { server.stop() }
        let run = Run(["ticket", "export", "--format", "jsonl"], socket: server.path)
        #expect(run.out == (0..<4).map { "{\"key\":\"INC-\($0)\"}\n" }.joined())
        #expect(run.exit == .server && run.err == "error: Gone.\n")
        let json = Run(["ticket", "export", "--output", "json"], socket: server.path)
        #expect(json.out.isEmpty && json.exit == .server)
    }

    @Test func `a connection that breaks between pages writes nothing twice`() throws {
        let breaks = Mutex(1)
        let server = try FakeServer { method, params, id in
            let isBroken = breaks.withLock { count in
                guard params["cursor"] == "2", count > 0 else { return false }
                count -= 1
                return true
            }
            return isBroken ? .last("") : Self.answer(method, params, id)
        }
        defer { server.stop() }
        let run = Run(
            ["ticket", "export", "--format", "jsonl"], socket: server.path, rests: 5)
        #expect(run.out == (0..<5).map { "{\"key\":\"INC-\($0)\"}\n" }.joined())
        #expect(run.err == "connection lost; calling again\n")
        #expect(run.exit == .success)
    }

    @Test func `a list in lines is written as its pages come, and is kept in any other form`()
        throws
    {
        let document: JSON = ["methods": [Self.list]]
        let command = try #require(
            Interface(document: document).command(["evidence", "export"]))
        func fetch(_ takeItems: (([JSON]) -> Void)?) throws -> JSON {
            try Pages(command: command, all: true, takeItems: takeItems) { params in
                guard case .result(let page) = Self.entries(.object(params)) else { return nil }
                return page
            }.fetch([:])
        }
        var pages: [[JSON]] = []
        let written = try fetch { pages.append($0) }
        let numbers: [[Int?]] = pages.map { page in page.map { $0["seq"]?.int } }
        #expect(numbers == [[0, 1], [2, 3], [4]])
        #expect(written["items"] == [])
        #expect(try fetch(nil)["items"]?.array == pages.flatMap(\.self))
    }

    @Test func `a list in lines has every record once, with the members that are wanted`() throws {
        let run = try run("evidence export --all --output jsonl --fields seq")
        #expect(run.out == (0..<5).map { "{\"seq\":\($0)}\n" }.joined())
        #expect(run.exit == .success && run.err.isEmpty)
        let one = try self.run("evidence export --output jsonl")
        #expect(one.out == "{\"seq\":0,\"at\":\"now\"}\n{\"seq\":1,\"at\":\"now\"}\n")
    }

    @Test func `what came of a list before a page that fails is written, but in lines only`()
        throws
    {
        let server = try FakeServer { method, params, id in
            params["cursor"] == "4" ? .error(.notFound("Gone.")) : Self.answer(method, params, id)
        }
        defer { server.stop() }
        let call = ["evidence", "export", "--all", "--fields", "seq", "--output"]
        let run = Run(call + ["jsonl"], socket: server.path)
        #expect(run.out == (0..<4).map { "{\"seq\":\($0)}\n" }.joined())
        #expect(run.exit == .server && run.err.contains("Gone."))
        let json = Run(call + ["json"], socket: server.path)
        #expect(json.out.isEmpty && json.exit == .server)
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
