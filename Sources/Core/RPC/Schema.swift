public import OpsJSONRPC

/// A type that says its own JSON schema, where its `Decodable` form does not show it.
public protocol Schematic {
    /// The JSON schema (draft-07) of the type's wire form.
    static var schema: JSON.Object { get }
}

/// Derives JSON schemas from Swift types, so that no schema is written twice.
///
/// Schemas stay in the subset that draft-07 and 2020-12 share: everything is inlined, nothing is
/// referenced.
public enum Schema {
    /// Returns the schema of a type: its own word, its cases, or the members that it decodes.
    public static func of<T: Decodable>(_ type: T.Type) -> JSON.Object {
        if let schematic = type as? any Schematic.Type { return schematic.schema }
        if type is any FixedWidthInteger.Type { return ["type": "integer"] }
        if type is any BinaryFloatingPoint.Type { return ["type": "number"] }
        if let cases = caseNames(type) {
            return ["type": "string", "enum": .array(cases.map(JSON.string))]
        }
        return SchemaProbe.members(of: type)
    }

    /// Returns the raw values of an enumeration of strings.
    static func caseNames(_ type: Any.Type) -> [String]? {
        guard let iterable = type as? any CaseIterable.Type else { return nil }
        let names = rawValues(iterable)
        return names.isEmpty ? nil : names
    }

    private static func rawValues<E: CaseIterable>(_ type: E.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
}

extension Bool: Schematic {
    /// `boolean`.
    public static var schema: JSON.Object { ["type": "boolean"] }
}
extension Int: Schematic {
    /// `integer`.
    public static var schema: JSON.Object { ["type": "integer"] }
}
extension Int64: Schematic {
    /// `integer`.
    public static var schema: JSON.Object { ["type": "integer"] }
}
extension Double: Schematic {
    /// `number`.
    public static var schema: JSON.Object { ["type": "number"] }
}
extension String: Schematic {
    /// `string`.
    public static var schema: JSON.Object { ["type": "string"] }
}
extension Instant: Schematic {
    /// A string in RFC 3339 form.
    public static var schema: JSON.Object { ["type": "string", "format": "date-time"] }
}
extension Principal: Schematic {
    /// A string.
    public static var schema: JSON.Object { ["type": "string"] }
}
extension JSON: Schematic {
    /// Any value.
    public static var schema: JSON.Object { [:] }
}
extension JSON.Object: Schematic {
    /// Any object.
    public static var schema: JSON.Object { ["type": "object"] }
}
extension Array: Schematic where Element: Decodable {
    /// An array of the element's schema.
    public static var schema: JSON.Object {
        ["type": "array", "items": .object(Schema.of(Element.self))]
    }
}
extension Dictionary: Schematic where Key == String, Value: Decodable {
    /// An object whose members all have the value's schema.
    public static var schema: JSON.Object {
        ["type": "object", "additionalProperties": .object(Schema.of(Value.self))]
    }
}
extension Optional: Schematic where Wrapped: Decodable {
    /// The schema of what is wrapped; that it may be absent stands in `required`.
    public static var schema: JSON.Object { Schema.of(Wrapped.self) }
}
