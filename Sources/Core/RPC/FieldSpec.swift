public import OpsJSONRPC

/// What the rules of a ``Param`` add to its schema and to the command line.
public struct FieldTraits: Sendable {
    /// Further members of the JSON schema: `minimum`, `maxLength`, `examples`, ...
    public var schema = JSON.Object()
    /// Whether the command line takes it without its option name.
    public var isPositional = false
    /// Whether the command line takes everything after `--` for it.
    public var isRest = false
    /// Whether the value is a secret.
    public var isSecret = false
    /// The values of the record's `type` for which this member exists; empty means all.
    public var appliesTo: [String] = []
    /// Those of them that require it.
    public var requiredFor: [String] = []

    /// Makes empty traits.
    public init() {}
}

/// One declared member: everything that validation, `rpc.discover`, help and completion need.
public struct FieldSpec: Sendable {
    /// The name on the wire, in snake_case.
    public let name: String
    /// One sentence for people.
    public let help: String
    /// The JSON schema of the value, without help and default.
    public let schema: JSON.Object
    /// Schema additions and command-line hints.
    public var traits: FieldTraits
    /// Whether a value must be given.
    public var isRequired: Bool
    /// The value that stands in when none is given.
    public let defaultValue: JSON?
    /// Whether there is more to say about a value than of which type it has to be.
    let hasRules: Bool
    /// Decodes a value and returns what its rules complain about.
    let check: @Sendable (JSON) throws -> [RPCError.FieldError]

    init(
        name: String, help: String, schema: JSON.Object, traits: FieldTraits, isRequired: Bool,
        defaultValue: JSON?, hasRules: Bool,
        check: @escaping @Sendable (JSON) throws -> [RPCError.FieldError]
    ) {
        self.name = name
        self.help = help
        self.schema = schema
        self.traits = traits
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.hasRules = hasRules
        self.check = check
    }

    /// Declares a member by the JSON schema of its value.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` when the schema says what ``JSONSchema`` does not know.
    public init(
        name: String, help: String, schema: JSON.Object, isRequired: Bool = false,
        defaultValue: JSON? = nil, traits: FieldTraits = FieldTraits()
    ) throws(RPCError) {
        let rules = try JSONSchema(.object(schema))
        self.init(
            name: name, help: help, schema: schema, traits: traits, isRequired: isRequired,
            defaultValue: defaultValue, hasRules: true,
            check: { rules.complaints(about: $0, at: name) })
    }

    /// Returns the field as it stands in a record of the given types only; never required there,
    /// because other types lack it.
    public func applying(to types: [String]) -> FieldSpec {
        var field = self
        field.traits.appliesTo = types
        field.traits.requiredFor = isRequired ? types : []
        field.isRequired = false
        return field
    }

    /// The field where nothing need be given, as in the change of a record.
    public var optional: FieldSpec {
        var field = self
        field.isRequired = false
        field.traits.requiredFor = []
        return field
    }

    /// The full JSON schema of the value: type, limits, description, default.
    public var fullSchema: JSON {
        var full = schema
        for (key, value) in traits.schema { full[key] = value }
        full["description"] = .string(help)
        if let defaultValue { full["default"] = defaultValue }
        if traits.isSecret { full["writeOnly"] = true }
        return .object(full)
    }

    /// Returns what is wrong with `json` as a value of this field, each with its path.
    package func complaints(about json: JSON) -> [RPCError.FieldError] {
        do {
            return try check(json)
        } catch let error as DecodingError {
            return [error.fieldError(under: name)]
        } catch {
            return [RPCError.FieldError(path: name, reason: "\(error)")]
        }
    }
}
