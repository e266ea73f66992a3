import OpsJSONRPC
import Synchronization
import TestClient
import Testing

@testable import opsloop

/// A file that is larger than a request is imported piece by piece.
@Suite("Importing in pieces")
struct PiecewiseImportTests {
    /// The calls of `ci.import` that came, as a daemon sees them.
    private final class Calls: Sendable {
        let all = Mutex<[JSON]>([])
    }

    private static let document: JSON = [
        "openrpc": "1.3.2", "info": ["title": "OpsLoop", "version": "1"],
        "methods": [
            [
                "name": "ci.import", "summary": "Imports.", "paramStructure": "by-name",
                "x-effect": "write", "x-idempotent": true,
                "params": [
                    [
                        "name": "text", "required": true, "x-positional": true,
                        "schema": ["type": "string", "contentMediaType": "text/csv"],
                    ],
                    ["name": "first_line", "schema": ["type": "integer"]],
                    ["name": "limit", "schema": ["type": "integer"]],
                ],
                "result": ["name": "result", "schema": ["type": "object"]],
            ]
        ],
    ]

    /// Imports a file of so many records; the piece that holds `bad` is refused.
    private func run(
        _ count: Int, bad: String = "none", _ arguments: String...
    ) throws -> (run: Run, calls: [JSON]) {
        let calls = Calls()
        let server = try FakeServer { method, params, _ in
            guard method == "ci.import" else { return .result(Self.document) }
            calls.all.withLock { $0.append(params) }
            let text = params["text"]?.string ?? ""
            guard !text.contains(bad) else {
                return .error(
                    .invalidParams(
                        "Nothing.", fields: [.init(path: "line 5002: name", reason: "no")]))
            }
            let lines = text.split(separator: "\n").count - 1
            return .result([
                "counts": ["ci": ["created": .number(JSON.Number(lines)), "updated": 0]],
                "changes": [
                    ["action": "create", "kind": "item", "name": "x", "ref": "ci:1"]
                ],
                "more_changes": .number(JSON.Number(lines - 1)), "rejected": 0, "mistakes": [],
            ])
        }
        defer { server.stop() }
        let text = "name\n" + (1...count).map { "n\($0)\n" }.joined()
        let run = Run(
            ["ci", "import", "@items.csv"] + arguments, socket: server.path,
            files: ["items.csv": text])
        return (run, calls.all.withLock { $0 })
    }

    @Test func `a small file is one call`() throws {
        let (run, calls) = try run(10)
        #expect(run.exit == .success)
        #expect(calls.count == 1 && calls[0]["first_line"] == nil)
    }

    @Test func `a large file is several calls, whose answers are one`() throws {
        let (run, calls) = try run(12_000, bad: "none", "--output", "json")
        #expect(run.exit == .success, "\(run.err)")
        #expect(calls.map { $0["first_line"]?.int } == [2, 5002, 10_002])
        #expect(calls.allSatisfy { $0["text"]?.string?.hasPrefix("name\nn") == true })
        let answer = try JSON.parse(run.out)
        #expect(answer["counts"]?["ci"] == ["created": 12_000, "updated": 0])
        #expect(answer["changes"]?.array?.count == 3)
        #expect(answer["more_changes"] == 11_997)
    }

    @Test func `no more changes are shown than were asked for`() throws {
        let (run, _) = try run(12_000, bad: "none", "--limit", "2", "--output", "json")
        let answer = try JSON.parse(run.out)
        #expect(answer["changes"]?.array?.count == 2)
        #expect(answer["more_changes"] == 11_998)
    }

    @Test func `each piece has a name of its own`() throws {
        let (_, calls) = try run(6000, bad: "none", "--idempotency-key", "k")
        #expect(calls.map { $0["_meta"]?["idempotency_key"] } == ["k-1", "k-2"])
    }

    @Test func `a piece that is refused ends it, and what is in is said`() throws {
        let (run, calls) = try run(12_000, bad: "n5001\n")
        #expect(run.exit != .success)
        #expect(calls.count == 2)
        #expect(run.err.contains("the first 5000 of 12000 records are in"))
        #expect(run.err.contains("line 5002: name"))
    }

    @Test func `a file that cannot be told into records is refused before anything is sent`() throws
    {
        let server = try FakeServer { method, _, _ in
            #expect(method == "rpc.discover")
            return .result(Self.document)
        }
        defer { server.stop() }
        let run = Run(
            ["ci", "import", "@items.csv"], socket: server.path,
            files: ["items.csv": "name\n\"never closed"])
        #expect(run.exit == .usage)
        #expect(run.err.contains("line 2: a quote is opened and never closed"))
    }
}
