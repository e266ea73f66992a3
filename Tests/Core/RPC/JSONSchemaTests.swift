import OpsJSONRPC
import Testing

@testable import OpsCore

struct JSONSchemaTests {
    private func complaints(_ schema: String, _ value: String) throws -> [String] {
        try JSONSchema(JSON.parse(schema)).complaints(about: JSON.parse(value)).map {
            $0.path.isEmpty ? $0.reason : "\($0.path) \($0.reason)"
        }
    }

    @Test(arguments: [
        (#"{"type":"integer"}"#, "1.0", true), (#"{"type":"integer"}"#, "1.5", false),
        (#"{"type":"integer"}"#, "18446744073709551616", true),
        (#"{"type":["string","null"]}"#, "null", true), (#"{"type":"boolean"}"#, "0", false),
        (#"{"enum":[1,"a"]}"#, #""a""#, true), (#"{"const":{"a":1}}"#, #"{"a":1}"#, true),
        (#"{"minLength":2,"maxLength":2}"#, #""é€""#, true), (#"{"minLength":2}"#, "7", true),
        (#"{"pattern":"^a+$"}"#, #""aaa""#, true), (#"{"pattern":"^a+$"}"#, #""ab""#, false),
        (#"{"minimum":1,"exclusiveMaximum":2}"#, "1", true),
        (#"{"exclusiveMaximum":2}"#, "2", false),
        (#"{"exclusiveMinimum":1}"#, "1", false), (#"{"maximum":1}"#, "1e400", false),
        (#"{"multipleOf":0.1}"#, "0.3", true), (#"{"multipleOf":2}"#, "3", false),
        (#"{"format":"date-time"}"#, #""2026-01-31T12:00:00Z""#, true),
        (#"{"format":"date-time"}"#, #""yesterday""#, false),
        (#"{"items":{"type":"string"},"minItems":1}"#, #"["a"]"#, true),
        (#"{"items":{"type":"string"}}"#, "[1]", false), (#"{"maxItems":1}"#, "[1,2]", false),
        (#"{"uniqueItems":true}"#, "[1,1]", false), (#"{"uniqueItems":true}"#, "[1,2]", true),
        (#"{"anyOf":[{"type":"string"},{"minimum":3}]}"#, "2", false),
        (#"{"oneOf":[{"minimum":1},{"maximum":5}]}"#, "3", false),
        (#"{"oneOf":[{"minimum":1},{"maximum":5}]}"#, "7", true),
        (#"{"allOf":[{"minimum":1},{"maximum":5}]}"#, "7", false),
        (#"{"not":{"type":"string"}}"#, "1", true), ("true", "1", true), ("false", "1", false),
        (#"{"required":["a"],"properties":{"a":{"type":"string"}}}"#, #"{"a":"x","b":1}"#, true),
        (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"b":1}"#, false),
        (#"{"additionalProperties":{"type":"integer"}}"#, #"{"b":"x"}"#, false),
        (#"{"title":"t","description":"d","default":1,"examples":[1],"x-any":{}}"#, "{}", true),
    ])
    func `values are taken or refused as the schema says`(
        schema: String, value: String, isFine: Bool
    ) throws {
        #expect(try complaints(schema, value).isEmpty == isFine)
    }

    @Test func `complaints name what they are about`() throws {
        let schema = """
            {"type":"object","required":["name"],"additionalProperties":false,"properties":{
              "name":{"type":"string"},
              "points":{"type":"array","items":{"properties":{"x":{"minimum":0}}}}}}
            """
        #expect(
            try complaints(schema, #"{"nam":1,"points":[{"x":1},{"x":-1}]}"#) == [
                "name is required", "nam is not a member; did you mean name?",
                "points[1].x must be at least 0",
            ])
    }

    @Test(arguments: [
        (#"{"typ":"string"}"#, "typ"), (#"{"type":"text"}"#, "type"), (#"{"$ref":"x"}"#, "$ref"),
        (#"{"properties":{"a":{"items":7}}}"#, "properties.a.items"),
        (#"{"anyOf":[{"minLength":-1}]}"#, "anyOf[0].minLength"), (#"{"pattern":"("}"#, "pattern"),
        (#"{"enum":[]}"#, "enum"), (#"{"required":[1]}"#, "required"),
        (#"{"format":"uri"}"#, "format"),
        (#"{"multipleOf":0}"#, "multipleOf"),
        (#"{"additionalProperties":3}"#, "additionalProperties"),
    ])
    func `a schema that says what is not known is refused by path`(
        schema: String, path: String
    ) throws {
        let error = #expect(throws: RPCError.self) { try JSONSchema(JSON.parse(schema)) }
        #expect(error?.fields.map(\.path) == [path])
    }

    @Test func `a pattern outside of the syntax is refused with its reason`() throws {
        let error = #expect(throws: RPCError.self) {
            try JSONSchema(JSON.parse(#"{"properties":{"a":{"pattern":"^(?!x)"}}}"#))
        }
        #expect(
            error?.fields == [
                RPCError.FieldError(
                    path: "properties.a.pattern",
                    reason: "is no regular expression: invalid perl operator: (?!; "
                        + "the syntax is that of RE2, without look-around and back-references")
            ])
    }

    @Test func `a hostile pattern on a long text comes to an end`() throws {
        let text = String(repeating: "a", count: 100_000) + "!"
        #expect(try complaints(#"{"pattern":"(a+)+$"}"#, "\"\(text)\"") == ["must match (a+)+$"])
    }

    @Test func `a text that is too long for its pattern is said to be`() throws {
        let text = String(repeating: "a", count: 100_000)
        let found = try complaints(#"{"pattern":"((a{0,9}){9}){9}c"}"#, "\"\(text)\"")
        #expect(found.first?.hasSuffix("bytes to be held against a pattern") == true)
    }

    /// The compiler of schemas is given whatever a plugin sends.
    @Test func `a schema as deep as JSON allows is read`() throws {
        let depth = 60
        let text =
            String(repeating: #"{"items":"#, count: depth) + "{}"
            + String(repeating: "}", count: depth)
        #expect(try complaints(text, "[[[1]]]") == [])
    }
}
