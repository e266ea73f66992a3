import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

/// What an answer is taken for: by what its method declares, not by the names of its members.
@Suite struct AnswerTests {
    private static func method(
        _ name: String, _ effect: String, _ members: JSON.Object, _ more: JSON.Object = [:]
    ) -> JSON {
        var method: JSON.Object = [
            "name": .string(name), "summary": "Does it.", "paramStructure": "by-name",
            "x-effect": .string(effect),
            "params": [
                ["name": "given", "x-positional": true, "schema": ["type": "string"]]
            ],
            "result": [
                "name": "result",
                "schema": ["type": "object", "properties": .object(members)],
            ],
        ]
        for (key, value) in more { method[key] = value }
        return .object(method)
    }

    private static let refs: JSON = ["type": "array", "items": ["type": "string"]]
    private static let rows: JSON = ["type": "array", "items": ["type": "object"]]
    private static let page: JSON.Object = [
        "ticket": ["type": "object"], "change": ["type": "object"], "items": refs,
    ]

    private static let methods: [JSON] = [
        method("change.create", "write", page), method("change.get", "read", page),
        method("change.risk", "write", ["change": ["type": "string"]]),
        method("freeze.get", "read", ["ref": ["type": "string"], "items": refs]),
        method("label.values", "read", ["items": refs]),
        method("search.query", "read", ["items": rows, "next_cursor": ["type": "string"]]),
        method(
            "ci.observe", "write", ["seen": ["type": "integer"], "items": rows],
            ["x-columns": ["name", "changed"]]),
        method(
            "record.history", "read", ["items": rows, "next_cursor": ["type": "string"]],
            ["x-columns": ["entry", "changed"]]),
    ]

    private static let change: JSON = [
        "ticket": [
            "ref": "ticket:CHG-1", "key": "CHG-1", "kind": "change", "title": "More memory",
            "state": "new", "priority": 5,
        ],
        "change": ["type": "normal", "outage": false, "plan": "Stop it."],
        "items": ["ci:1"], "approvals": [], "next_states": [], "missing": [], "incidents": [],
    ]

    @Sendable private static func answer(
        _ method: String, _ params: JSON, _ id: JSON
    ) -> FakeServer.Reply {
        switch method {
        case "rpc.discover":
            .result([
                "openrpc": "1.3.2", "info": ["title": "OpsLoop", "version": "1"],
                "methods": .array(methods),
            ])
        case "change.create", "change.get": .result(change)
        case "change.risk":
            .result([
                "change": "CHG-1", "risk": "low", "facts": ["items": 1], "points": [],
                "conflicts": [], "gaps": [],
            ])
        case "freeze.get": .result(["ref": "freeze:1", "items": ["ci:1", "ci:2"]])
        case "label.values": .result(["items": ["prod", "test"]])
        case "ci.observe":
            params["given"] == "same"
                ? .result(["seen": 2, "same": 2, "items": [], "more": 0, "mistakes": []])
                : .result([
                    "seen": 2, "same": 1, "more": 0, "mistakes": [],
                    "items": [["name": "web1", "changed": [["member": "owner"]]]],
                ])
        case "record.history":
            .result([
                "items": [
                    [
                        "entry": 3, "at": "2026-11-21T12:00:00.000Z", "principal": "ana",
                        "action": "ci.updated", "before": ["owner": "a"],
                        "changed": [["member": "owner", "before": "a", "after": "b"]],
                    ]
                ], "next_cursor": "3",
            ])
        default: .result(["items": []])
        }
    }

    private func run(_ line: String) throws -> Run {
        let server = try FakeServer(Self.answer)
        defer { server.stop() }
        return Run(line.split(separator: " ").map(String.init), socket: server.path)
    }

    // MARK: - Records that have a member called items

    @Test func `a change that touches items is no list of them`() throws {
        let text = try run("change get CHG-1").out
        #expect(text.hasPrefix("CHG-1  More memory\n"))
        #expect(text.contains("\nplan\n  Stop it.\n"))
        #expect(text.contains("  touches ci:1\n"))
        #expect(try run("change create x").out == "ticket:CHG-1 created\n")
        #expect(try run("change risk CHG-1").out.hasPrefix("CHG-1  risk low\n\nfacts\n"))
    }

    @Test func `for programs such a record is one, too`() throws {
        let lines = try run("change get CHG-1 -o jsonl").out
        #expect(lines == Self.change.text + "\n")
        let fields = try run("change get CHG-1 -o jsonl --fields ticket.key,items")
        #expect(fields.out == #"{"ticket.key":"CHG-1","items":["ci:1"]}"# + "\n")
        #expect(try run("freeze get x").out == "ref    freeze:1\nitems  ci:1, ci:2\n")
        #expect(try run("freeze get x --fields items").out == "items  ci:1, ci:2\n")
    }

    @Test func `a list is told by its next page, its columns, or by having nothing else`() throws {
        #expect(try run("label values").out == "VALUE\nprod\ntest\n")
        #expect(try run("label values -o jsonl").out == "\"prod\"\n\"test\"\n")
        func answersList(_ result: JSON, _ columns: JSON = []) -> Bool? {
            Method(document: [
                "name": "a.b", "x-columns": columns, "result": ["name": "r", "schema": result],
            ])?.answersList
        }
        #expect(answersList(["type": "object"]) == true)
        #expect(answersList(["properties": ["items": [:], "more": [:]]]) == false)
        #expect(answersList(["properties": ["items": [:], "more": [:]]], ["a"]) == true)
        #expect(answersList(["properties": ["items": [:], "next_cursor": [:]]]) == true)
        #expect(answersList(["properties": ["items": [:]]]) == true)
    }

    // MARK: - Lists

    @Test func `a history says what changed, and how to see more of it`() throws {
        let run = try run("record history ci:1")
        #expect(
            run.out == "3  2026-11-21 12:00:00Z  (now)  ana  ci.updated\n    owner: a -> b\n")
        #expect(run.err == "more: repeat with --all, or with --cursor 3\n")
        #expect(
            try self.run("record history ci:1 -o table").out == "ENTRY  CHANGED\n    3  owner\n")
    }

    @Test func `where nothing is found, that is said`() throws {
        let run = try run("search query x")
        #expect(run.out.isEmpty && run.err == "nothing found\n")
    }

    @Test func `a write that lists also says the rest of what it did`() throws {
        let run = try run("ci observe x")
        #expect(run.out == "NAME  CHANGED\nweb1  owner\nseen  2\nsame  1\nmore  0\n")
        #expect(try self.run("ci observe same").out == "seen  2\nsame  2\nmore  0\n")
        #expect(try self.run("ci observe same").err.isEmpty)
    }
}
