import OpsJSONRPC
import Synchronization
import TestClient
import Testing

@testable import opsloop

/// Files that are no text go over in base64, of which nobody at a shell needs to know.
@Suite struct FileContentTests {
    private static let content: JSON = ["type": "string", "contentEncoding": "base64"]
    private static let document: JSON = [
        "openrpc": "1.3.2", "info": ["title": "OpsLoop", "version": "1"],
        "methods": [
            [
                "name": "ticket.attach", "summary": "Adds a file.", "paramStructure": "by-name",
                "x-effect": "write",
                "params": [
                    ["name": "name", "x-positional": true, "schema": ["type": "string"]],
                    [
                        "name": "content", "required": true, "schema": content,
                        "description": "The file's bytes in base64.",
                    ],
                    [
                        "name": "text",
                        "schema": ["type": "string", "contentMediaType": "text/csv"],
                    ],
                ],
                "result": ["name": "result", "schema": ["type": "object"]],
            ],
            [
                "name": "ticket.file", "summary": "Shows a file.", "paramStructure": "by-name",
                "x-effect": "read", "params": [],
                "result": [
                    "name": "result",
                    "schema": [
                        "type": "object",
                        "properties": ["name": ["type": "string"], "content": content],
                    ],
                ],
            ],
        ],
    ]
    /// No text in UTF-8.
    private static let bytes: [UInt8] = [0, 255, 10, 13, 254]

    private func run(
        _ arguments: [String], bytes: [String: [UInt8]] = [:], files: [String: String] = [:]
    ) throws -> (run: Run, calls: [JSON]) {
        let calls = Calls()
        let server = try FakeServer { method, params, _ in
            switch method {
            case "rpc.discover": return .result(Self.document)
            case "ticket.attach":
                calls.all.withLock { $0.append(params) }
                return .result(["ref": "attachment:1", "name": params["name"] ?? nil])
            default: return .result(["name": "a", "content": "AP8KDf4="])
            }
        }
        defer { server.stop() }
        let run = Run(arguments, socket: server.path, files: files, bytes: bytes)
        return (run, calls.all.withLock { $0 })
    }

    private final class Calls: Sendable {
        let all = Mutex<[JSON]>([])
    }

    // MARK: - Sending

    @Test func `a file is sent as it is, whatever its bytes are`() throws {
        let (run, calls) = try run(
            ["ticket", "attach", "a.bin", "--content", "@a.bin"], bytes: ["a.bin": Self.bytes])
        #expect(run.out == "attachment:1 a.bin attached\n", "\(run.err)")
        #expect(calls.map { $0["content"] } == ["AP8KDf4="])
    }

    @Test func `standard input is a file, too, and an empty one is one`() throws {
        let (_, calls) = try run(
            ["ticket", "attach", "a", "--content", "-"], bytes: ["-": []])
        #expect(calls.map { $0["content"] } == [""])
    }

    @Test func `what is base64 already stays so`() throws {
        let (_, calls) = try run(["ticket", "attach", "a", "--content", "YWJj"])
        #expect(calls.map { $0["content"] } == ["YWJj"])
        let (_, named) = try run(
            ["call", "ticket.attach", "name=a", "content=@a"], files: ["a": "abc"])
        #expect(named.map { $0["content"] } == ["YWJj"])
    }

    @Test func `a file that is not there is wrong usage, and one that is to be text has to be`()
        throws
    {
        let (missing, calls) = try run(["ticket", "attach", "a", "--content", "@none"])
        #expect(missing.exit == .usage && missing.err.hasPrefix("error: cannot read none\n"))
        #expect(calls.isEmpty)
        let (odd, _) = try run(
            ["ticket", "attach", "a", "--content", "YWJj", "--text", "@odd"],
            bytes: ["odd": Self.bytes])
        #expect(odd.exit == .usage && odd.err.hasPrefix("error: odd is not UTF-8 text\n"))
    }

    @Test func `the help says that a file is taken as it is`() throws {
        let page = try HelpPage(interface: Interface(document: Self.document), width: 100)
            .text(["ticket", "attach"])
        #expect(
            page.contains(
                "--content @FILE  The file's bytes in base64. @FILE and - send a file as it is."))
        #expect(page.contains("--text @FILE"))
    }

    // MARK: - Receiving

    /// What a stream of this kind gets of an answer with a file.
    private func printed(
        isTerminal: Bool, _ settings: Settings = Settings()
    ) throws -> (text: String, bytes: [UInt8]) {
        let command = try #require(
            Interface(document: Self.document).command(["ticket", "file"]))
        let paper = Run.Paper()
        var bytes: [UInt8] = []
        let stream = Stream(
            isTerminal: isTerminal, palette: .plain, width: nil, write: { paper.text += $0 },
            writeBytes: { bytes += $0 })
        Printer(
            settings: settings, now: Fixture.now, glyphs: Glyphs(isASCII: true), out: stream,
            err: stream
        ).print(["name": "a", "content": "AP8KDf4="], of: command, params: [:])
        return (paper.text, bytes)
    }

    @Test func `a pipe gets the bytes of a file and nothing else`() throws {
        let (text, bytes) = try printed(isTerminal: false)
        #expect(text.isEmpty && bytes == Self.bytes)
    }

    @Test func `a terminal gets what is known of a file, and how to have it`() throws {
        let (text, bytes) = try printed(isTerminal: true)
        #expect(text == "name  a\nits 5 bytes go into a file: repeat with > FILE\n")
        #expect(bytes.isEmpty)
    }

    @Test func `who asks for JSON or for members gets base64`() throws {
        var json = Settings()
        json.output = .jsonl
        #expect(
            try printed(isTerminal: false, json).text == #"{"name":"a","content":"AP8KDf4="}"#
                + "\n")
        var fields = Settings()
        fields.fields = ["content"]
        #expect(try printed(isTerminal: false, fields).text == "content  AP8KDf4=\n")
    }
}
