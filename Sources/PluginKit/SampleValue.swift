internal import OpsJSONRPC

/// Makes up values that a JSON schema admits, and some that it does not.
enum SampleValue {
    /// The smallest value that the schema admits, as far as that is easily told.
    static func fitting(_ schema: JSON) -> JSON {
        if let value = schema["const"] ?? schema["default"] { return value }
        if let value = schema["examples"]?[0] ?? schema["enum"]?[0] { return value }
        if let option = (schema["anyOf"] ?? schema["oneOf"])?[0] { return fitting(option) }
        switch type(of: schema) {
        case "string": return text(schema)
        case "integer", "number":
            return schema["minimum"] ?? schema["maximum"].map { least(1, $0) } ?? 1
        case "boolean": return false
        case "array":
            let item = fitting(schema["items"] ?? [:])
            return .array(Array(repeating: item, count: schema["minItems"]?.int ?? 0))
        case "object": return object(schema)
        default: return .null
        }
    }

    /// An object with the members that must be there.
    static func object(_ schema: JSON) -> JSON {
        var members = JSON.Object()
        for name in (schema["required"]?.array ?? []).compactMap(\.string) {
            members[name] = fitting(schema["properties"]?[name] ?? [:])
        }
        return .object(members)
    }

    private static func text(_ schema: JSON) -> JSON {
        if schema["format"]?.string == "date-time" { return "2026-01-31T08:00:00Z" }
        let length = schema["minLength"]?.int ?? 1
        return .string(String(repeating: "a", count: max(1, min(length, 10_000))))
    }

    private static func least(_ number: Int, _ most: JSON) -> JSON {
        (most.int ?? number) < number ? most : .number(JSON.Number(number))
    }

    private static func type(of schema: JSON) -> String? {
        if let type = schema["type"]?.string { return type }
        if let types = schema["type"]?.array { return types.first?.string }
        return schema["properties"] == nil ? nil : "object"
    }

    /// A member of an object schema with a value of the wrong type; nil when it admits everything.
    static func misfit(_ schema: JSON) -> (name: String, value: JSON)? {
        for (name, member) in schema["properties"]?.object ?? [:] {
            switch type(of: member) {
            case "string", "integer", "number", "boolean": return (name, ["no": "object"])
            case "array", "object": return (name, "no structure")
            default: continue
            }
        }
        guard schema["additionalProperties"] == false else { return nil }
        return ("no_such_member", 1)
    }

    /// The object with one member more, or another value of it.
    static func changed(_ object: JSON, _ name: String, _ value: JSON) -> JSON {
        var members = object.object ?? [:]
        members[name] = value
        return .object(members)
    }

    /// Whether two values are the same; numbers are compared by their value.
    static func same(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)):
            left.text == right.text || left.double == right.double
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy(same)
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { key, value in right[key].map { same(value, $0) } ?? false }
        default: left == right
        }
    }
}
