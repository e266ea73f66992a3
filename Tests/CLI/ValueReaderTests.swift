import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Reading values")
struct ValueReaderTests {
    private func read(
        _ text: String, _ type: ValueType, files: [String: String] = [:],
        _ details: (inout Parameter) -> Void = { _ in }
    ) throws -> JSON {
        var parameter = Parameter("it", "", type)
        details(&parameter)
        return try Fixture.values(files: files).typed(text, parameter)
    }

    @Test func `numbers keep their text`() throws {
        #expect(try read("18446744073709551616", .number).text == "18446744073709551616")
        #expect(try read("-3", .integer) == -3)
    }

    @Test(arguments: ["", "1.5", "ten", "0x10", "1 "])
    func `what is no whole number is refused`(text: String) {
        #expect(throws: Failure.self) { try read(text, .integer) }
    }

    @Test(arguments: [
        ("now", "2026-11-21T12:00:00.000Z"), ("-1h", "2026-11-21T11:00:00.000Z"),
        ("+90s", "2026-11-21T12:01:30.000Z"), ("-2d", "2026-11-19T12:00:00.000Z"),
        ("2026-11-21", "2026-11-21T00:00:00.000Z"),
        ("2026-11-21T09:30:00+01:00", "2026-11-21T08:30:00.000Z"),
    ])
    func `a moment is exact or relative`(text: String, expected: String) throws {
        #expect(try read(text, .instant) == .string(expected))
    }

    @Test(arguments: ["1h", "yesterday", "-", "-1", "2026-13-01"])
    func `what is no moment is refused`(text: String) {
        #expect(throws: Failure.self) { try read(text, .instant) }
    }

    @Test(arguments: [
        ("500ms", 500), ("10s", 10_000), ("1.5m", 90_000), ("2h", 7_200_000),
        ("1d12h", 129_600_000), ("1w", 604_800_000),
    ])
    func `a duration has a unit`(text: String, ms: Int) throws {
        #expect(try read(text, .duration) == .number(.init(ms)))
    }

    @Test func `objects come as JSON, from a file or from standard input`() throws {
        let files = ["f.json": "{\"a\": [1]}", "-": "{\"b\": 2}"]
        #expect(try read("{\"c\":3}", .json) == ["c": 3])
        #expect(try read("@f.json", .json, files: files) == ["a": [1]])
        #expect(try read("-", .json, files: files) == ["b": 2])
    }

    @Test func `a text that is a file's content comes from a file, or as it is`() throws {
        let files = ["a.csv": "name\nweb1\n", "-": "name\n"]
        let content = { (parameter: inout Parameter) in parameter.isContent = true }
        #expect(try read("@a.csv", .text, files: files, content) == "name\nweb1\n")
        #expect(try read("-", .text, files: files, content) == "name\n")
        #expect(try read("name", .text, files: files, content) == "name")
        #expect(try read("@a.csv", .text, files: files) == "@a.csv")
    }

    @Test func `a file that goes over in base64 is taken as it is`() throws {
        let content = { (parameter: inout Parameter) in
            parameter.isContent = true
            parameter.isBase64 = true
        }
        #expect(try read("@a", .text, files: ["a": "abc"], content) == "YWJj")
        #expect(try read("YWJj", .text, content) == "YWJj")
        let schema: JSON = ["type": "string", "contentEncoding": "base64"]
        let parameter = try #require(Parameter(document: ["name": "content", "schema": schema]))
        #expect(parameter.isContent && parameter.isBase64)
    }

    @Test func `a file's name without its sign is told how to be read`() throws {
        let files = ["fleet.yaml": "a: 1", "broken.json": "{"]
        let name = try #require(throws: Failure.self) {
            try read("fleet.yaml", .json, files: files)
        }
        #expect(name.hint == "@fleet.yaml reads the file")
        let content = try #require(throws: Failure.self) {
            try read("@broken.json", .json, files: files)
        }
        #expect(content.hint == nil)
    }

    @Test func `broken JSON says where it is broken`() throws {
        let failure = try #require(throws: Failure.self) { try read("{a:1}", .json) }
        #expect(failure.message.hasPrefix("--it is no valid JSON"))
        #expect(failure.message.contains("byte 1"))
        #expect(failure.hint?.hasPrefix("quote it for the shell") == true)
    }

    @Test func `a comma can belong to a value of a list`() throws {
        #expect(try read(#"a\,b,c\d"#, .list(.text)) == ["a,b", #"c\d"#])
        #expect(try read(#"["a,b"]"#, .list(.text)) == ["a,b"])
    }

    @Test func `a map needs a key`() {
        #expect(throws: Failure.self) { try read("=x", .map(.text)) }
        #expect(throws: Failure.self) { try read("x", .map(.text)) }
    }

    @Test func `a secret is never taken from the command line`() throws {
        let failure = try #require(throws: Failure.self) {
            try read("hunter2", .text) { $0.isSecret = true }
        }
        #expect(!failure.message.contains("hunter2"))
        let files = ["pw": "hunter2\n"]
        #expect(try read("@pw", .text, files: files) { $0.isSecret = true } == "hunter2")
    }

    @Test func `a file may be YAML, unless it is JSON by its name or its first character`() throws {
        let files = ["f.yaml": "a: [1, no]\n", "-": "- b: 2\n", "g.json": "a: 1", "h": "{a: 1}"]
        #expect(try read("@f.yaml", .json, files: files) == ["a": [1, "no"]])
        #expect(try read("-", .json, files: files) == [["b": 2]])
        for file in ["@g.json", "@h"] {
            #expect(throws: Failure.self) { try read(file, .json, files: files) }
        }
    }

    @Test func `a secret map is read from its file like any other value`() throws {
        let files = ["headers": "{\"Authorization\": \"Bearer x\"}\n"]
        let headers = try read("@headers", .map(.text), files: files) { $0.isSecret = true }
        #expect(headers == ["Authorization": "Bearer x"])
    }

    @Test func `schemas become types`() throws {
        func type(_ schema: String, _ name: String = "it") throws -> ValueType {
            ValueType(schema: try JSON.parse(schema), name: name)
        }
        #expect(try type(#"{"type": ["string", "null"]}"#) == .text)
        #expect(try type(#"{"anyOf": [{"type": "integer"}, {"type": "null"}]}"#) == .integer)
        #expect(try type(#"{"type": "integer"}"#, "every_ms") == .duration)
        #expect(try type(#"{"type": "string", "enum": ["a", "b"]}"#) == .choice(["a", "b"]))
        #expect(try type(#"{"type": "object"}"#) == .json)
        #expect(
            try type(#"{"type": "array", "items": {"type": "string", "format": "date-time"}}"#)
                == .list(.instant))
        #expect(try type("{}") == .json)
    }
}
