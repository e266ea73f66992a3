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

    private static let document = document(limit: nil)

    private static func document(limit: Int?) -> JSON {
        var schema: JSON.Object = ["type": "integer"]
        schema["default"] = limit.map { .number(JSON.Number($0)) }
        return [
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
                        ["name": "limit", "schema": .object(schema)],
                    ],
                    "result": ["name": "result", "schema": ["type": "object"]],
                ]
            ],
        ]
    }

    /// Imports a file of so many records; the piece that holds `bad` is refused.
    private func run(
        _ count: Int, limit: Int? = nil, bad: String = "none", _ arguments: String...
    ) throws -> (run: Run, calls: [JSON]) {
        let calls = Calls()
        let server = try FakeServer { method, params, _ in
            guard method == "ci.import" else { return .result(Self.document(limit: limit)) }
            calls.all.withLock { $0.append(params) }
            let text = params["text"]?.string ?? ""
            guard !text.contains(bad) else {
                return .error(
                    .invalidParams(
                        "Nothing.",
                        fields: [
                            .init(
                                path: "line \(params["first_line"]?.int ?? 2): name", reason: "no")
                        ]))
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

    // MARK: - Dry runs

    @Test func `a dry run of a small file is one call`() throws {
        let (run, calls) = try run(5000, bad: "none", "--dry-run", "--output", "json")
        #expect(run.exit == .success)
        #expect(calls.count == 1 && calls[0]["first_line"] == nil)
        #expect(calls[0]["_meta"]?["dry_run"] == true)
        #expect(run.err == "dry run: nothing was changed\n")
    }

    @Test func `a dry run goes over in the pieces of the import, each judged by itself`() throws {
        let (run, calls) = try run(12_000, bad: "none", "--dry-run", "--output", "json")
        #expect(calls.map { $0["first_line"]?.int } == [2, 5002, 10_002])
        #expect(calls.allSatisfy { $0["_meta"]?["dry_run"] == true })
        #expect(
            run.err == """
                dry run: the file goes over in 3 pieces, and each is judged by itself: what names a \
                record of an earlier piece is refused here, and taken by the import
                dry run: nothing was changed

                """)
        let quiet = try self.run(12_000, bad: "none", "--dry-run", "--quiet").run
        #expect(quiet.err.isEmpty)
    }

    @Test func `a dry run goes on after a piece that is refused, and tells of all in the end`()
        throws
    {
        // Of these 1,000 and 11,000 end so, in the first piece and in the last.
        let (run, calls) = try run(12_000, bad: "1000\n", "--dry-run", "--quiet")
        #expect(run.exit == .server)
        #expect(calls.count == 3)
        #expect(run.out.isEmpty)
        #expect(
            run.err == """
                error: 2 of 3 pieces are refused: 2 lines are wrong.
                  line 2: name: no
                  line 10002: name: no
                hint: The import takes what is wrong only because it names a record of an earlier piece.

                """)
    }

    /// Rehearses the import of three pieces, each of which is refused with these mistakes.
    private func refusal(
        _ mistakes: @escaping @Sendable (_ firstLine: Int) -> [RPCError.FieldError]
    ) throws -> (run: Run, calls: Int) {
        let calls = Calls()
        let server = try FakeServer { method, params, _ in
            guard method == "ci.import" else { return .result(Self.document) }
            calls.all.withLock { $0.append(params) }
            return .error(
                .invalidParams("Nothing.", fields: mistakes(params["first_line"]?.int ?? 2)))
        }
        defer { server.stop() }
        let text = "name\n" + (1...12_000).map { "n\($0)\n" }.joined()
        let run = Run(
            ["ci", "import", "@items.csv", "--dry-run", "--quiet", "--output", "json"],
            socket: server.path, files: ["items.csv": text])
        return (run, calls.all.withLock { $0.count })
    }

    @Test func `the mistakes of a dry run are the first hundred, each named once`() throws {
        let (run, calls) = try refusal { firstLine in
            let places = ["line 1"] + (0..<99).map { "line \(firstLine + $0): name" }
            return places.map { RPCError.FieldError(path: $0, reason: "is wrong") }
        }
        #expect(run.exit == .server && calls == 3)
        let error = try JSON.parse(run.err)["error"]
        #expect(error?["code"] == -32602 && error?["exit"] == 1)
        #expect(
            error?["message"] == "3 of 3 pieces are refused: at least 298 lines are wrong.")
        let paths = error?["data"]?["fields"]?.array?.compactMap { $0["path"]?.string }
        #expect(paths == ["line 1"] + (2...100).map { "line \($0): name" })
    }

    @Test func `a dry run of which not the lines are wrong ends at once`() throws {
        let (run, calls) = try refusal { _ in
            [RPCError.FieldError(path: "class", reason: "is no word")]
        }
        #expect(run.exit == .server && calls == 1)
        #expect(try JSON.parse(run.err)["error"]?["message"] == "Nothing.")
    }

    @Test func `no request of a dry run is larger than a daemon takes`() throws {
        let calls = Calls()
        let server = try FakeServer { method, params, _ in
            guard method == "ci.import" else { return .result(Self.document) }
            calls.all.withLock { $0.append(params) }
            return .result(["counts": [:], "changes": []])
        }
        defer { server.stop() }
        // In JSON each quote takes two bytes.
        let line = String(repeating: "\"\",", count: 300) + "\n"
        let run = Run(
            ["ci", "import", "@items.csv", "--dry-run"], socket: server.path,
            files: ["items.csv": line + String(repeating: line, count: 3400)])
        #expect(run.exit == .success, "\(run.err)")
        let sizes = calls.all.withLock {
            $0.map { JSON.string($0["text"]?.string ?? "").text.utf8.count }
        }
        #expect(sizes.count == 3)
        #expect(sizes.allSatisfy { $0 < 4 << 20 })
    }

    // MARK: - Reports

    @Test func `what was observed is cut as changes are`() {
        let piece: JSON = [
            "seen": 5000, "same": 4000, "items": [["name": "a"], ["name": "b"]], "more": 8,
            "rejected": 1, "mistakes": [["path": "line 3", "reason": "no"]],
        ]
        let whole = ImportReport.joined(
            ImportReport.joined([:], piece, limit: 3), piece, limit: 3)
        #expect(whole["seen"] == 10_000 && whole["same"] == 8000 && whole["rejected"] == 2)
        #expect(whole["items"] == [["name": "a"], ["name": "b"], ["name": "a"]])
        #expect(whole["more"] == 17)
        #expect(whole["mistakes"]?.array?.count == 2)
    }

    @Test func `the limit that a method has by itself is kept over pieces, too`() throws {
        let (run, _) = try run(12_000, limit: 2, bad: "none", "--output", "json")
        let answer = try JSON.parse(run.out)
        #expect(answer["changes"]?.array?.count == 2)
        #expect(answer["more_changes"] == 11_998)
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
