import OpsJSONRPC
import Testing

@testable import OpsCore

struct SchemaTests {
    enum Colour: String, Codable, CaseIterable, Sendable { case red, deepBlue = "deep_blue" }
    enum Level: Int, Codable, Sendable { case low = 1, high }
    enum Word: String, Codable, Sendable { case yes }

    struct Inner: Codable, Sendable {
        var colour: Colour
        var note: String?
    }

    struct Outer: Codable, Sendable {
        var firstName: String
        var inner: Inner
        var maybe: Inner?
        var list: [Inner]
        var table: [String: Int]
        var ref: Ref
        var at: Instant?
        var anything: JSON
        var any: JSON.Object?
    }

    struct Numbers: Codable, Sendable {
        var a: UInt64
        var b: Int32
        var c: Float
        var d: UInt16?
        var e: Int8?
        var f: Float?
        var g: Bool
        var last: String
    }

    struct Tree: Codable, Sendable {
        var name: String
        var branches: [Tree]
        var parent: [String: Tree]?
    }

    @Test func `a structure is an object of its members`() {
        let inner: JSON = [
            "type": "object",
            "properties": [
                "colour": ["type": "string", "enum": ["red", "deep_blue"]],
                "note": ["type": "string"],
            ],
            "required": ["colour"],
        ]
        #expect(JSON.object(Schema.of(Inner.self)) == inner)
        let outer = Schema.of(Outer.self)
        #expect(outer["properties"]?["first_name"] == ["type": "string"])
        #expect(outer["properties"]?["inner"] == inner)
        #expect(outer["properties"]?["maybe"] == inner)
        #expect(outer["properties"]?["list"] == ["type": "array", "items": inner])
        #expect(
            outer["properties"]?["table"]
                == ["type": "object", "additionalProperties": ["type": "integer"]])
        #expect(outer["properties"]?["ref"]?["type"] == "string")
        #expect(outer["properties"]?["at"] == ["type": "string", "format": "date-time"])
        #expect(outer["properties"]?["anything"] == [:])
        #expect(outer["properties"]?["any"] == ["type": "object"])
        #expect(
            outer["required"] == ["first_name", "inner", "list", "table", "ref", "anything"])
    }

    @Test func `every kind of number has a schema`() {
        let schema = Schema.of(Numbers.self)
        let types = ["a", "b", "c", "d", "e", "f", "g"].map {
            schema["properties"]?[$0]?["type"]?.string
        }
        #expect(
            types == ["integer", "integer", "number", "integer", "integer", "number", "boolean"])
        #expect(schema["required"] == ["a", "b", "c", "g", "last"])
    }

    @Test func `an enumeration without a list of cases has the schema of its raw value`() {
        #expect(Schema.of(Level.self) == ["type": "integer"])
        #expect(Schema.of(Word.self) == ["type": "string"])
    }

    @Test func `a type inside itself ends as any object`() {
        let schema = Schema.of(Tree.self)
        #expect(schema["properties"]?["name"] == ["type": "string"])
        #expect(
            schema["properties"]?["branches"] == ["type": "array", "items": ["type": "object"]])
        #expect(schema["required"] == ["name", "branches"])
    }

    @Test func `plain types and their optionals have the same schema`() {
        #expect(Schema.of(Int?.self) == ["type": "integer"])
        #expect(Schema.of([String]?.self) == ["type": "array", "items": ["type": "string"]])
        #expect(Schema.of(Colour?.self) == Schema.of(Colour.self))
        #expect(Schema.of(Done.self)["type"] == "object")
    }

    @Test func `a page lists its items`() {
        let schema = Schema.of(Page<Inner>.self)
        #expect(schema["properties"]?["items"]?["items"] == .object(Schema.of(Inner.self)))
        #expect(schema["required"] == ["items"])
    }
}
