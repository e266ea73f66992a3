public import OpsJSONRPC

/// A JSON schema in the subset that draft-07 and 2020-12 share, ready to check values.
///
/// It knows `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `minItems`, `maxItems`, `uniqueItems`, `minLength`, `maxLength`, `pattern`, `minimum`,
/// `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `format: date-time`, `anyOf`,
/// `oneOf`, `allOf`, `not`, and the annotations. Nothing is referenced: a schema stands alone.
public struct JSONSchema: Sendable {
    private let rules: [SchemaRule]

    /// Reads a schema.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, naming every keyword that is unknown or
    ///   has a value of the wrong shape, by its path in the schema.
    public init(_ json: JSON) throws(RPCError) {
        var reader = SchemaReader()
        rules = reader.rules(of: json, at: "")
        guard reader.errors.isEmpty else { throw .invalidParams(reader.errors) }
    }

    init(rules: [SchemaRule]) { self.rules = rules }

    /// Returns what is wrong with a value, each complaint with the path of what it concerns.
    public func complaints(about value: JSON, at path: String = "") -> [RPCError.FieldError] {
        rules.flatMap { $0.complaints(about: value, at: path) }
    }

    /// Whether the value is as the schema says.
    func accepts(_ value: JSON) -> Bool { complaints(about: value).isEmpty }
}
