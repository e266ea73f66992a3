public import OpsJSONRPC

/// A method's declaration without its type: what the registry, `rpc.discover` and the documents use.
public struct MethodDeclaration: Sendable {
    /// The name on the wire, `noun.verb`.
    public let name: String
    /// One sentence that begins with the verb.
    public let summary: String
    /// What the method does to the records.
    public let effect: Effect
    /// Whether a repeated call does no more than the first.
    public let isIdempotent: Bool
    /// The parameters, in the order of declaration.
    public let fields: [FieldSpec]
    /// The JSON schema of the result.
    public let resultSchema: JSON.Object
    /// The members that a table shows.
    public let columns: [String]
    /// Whether the result holds a secret that is shown this once.
    public let hasSecretResult: Bool
    /// A second name under which the command line has the method.
    public let commandName: String?
    /// Whether the method keeps callers to their own records who may see no others.
    public let mindsOwner: Bool
    /// That the method will go, and what to call instead.
    public let deprecated: Deprecation?
    /// The errors of its own that the method may answer with.
    public let errors: [ErrorDeclaration]
    /// Calls with their results, as in a manifest: `{name, params, result}`.
    public let examples: [JSON]
    /// Decodes parameters: a ``FieldSet`` of the method's type, or a ``TextualParams``.
    let fieldSet: any Sendable

    /// Reads the declaration of a method; `extra` are fields that its ``Members`` collects.
    public init<M: Method>(_ method: M.Type, extra: [FieldSpec] = []) {
        let set = FieldSet(M.self, extra: extra)
        name = M.name
        summary = M.summary
        effect = M.effect
        isIdempotent = M.isIdempotent
        fields = set.fields
        resultSchema = Schema.of(M.Result.self)
        columns = M.columns
        hasSecretResult = M.hasSecretResult
        mindsOwner = M.mindsOwner
        commandName = M.commandName
        deprecated = M.deprecated
        errors = M.errors
        examples = []
        fieldSet = set
    }

    /// Declares a method by text, as an external plugin does.
    public init(
        name: String, summary: String, effect: Effect, isIdempotent: Bool, fields: [FieldSpec],
        resultSchema: JSON.Object, columns: [String] = [], deprecated: Deprecation? = nil,
        errors: [ErrorDeclaration] = [], examples: [JSON] = []
    ) {
        self.init(
            name: name, summary: summary, effect: effect, isIdempotent: isIdempotent,
            params: TextualParams(fields), resultSchema: resultSchema, columns: columns,
            deprecated: deprecated, errors: errors, examples: examples)
    }

    init(
        name: String, summary: String, effect: Effect, isIdempotent: Bool, params: TextualParams,
        resultSchema: JSON.Object, columns: [String], deprecated: Deprecation?,
        errors: [ErrorDeclaration], examples: [JSON]
    ) {
        self.name = name
        self.summary = summary
        self.effect = effect
        self.isIdempotent = isIdempotent
        fields = params.fields
        self.resultSchema = resultSchema
        self.columns = columns
        hasSecretResult = false
        mindsOwner = false
        commandName = nil
        self.deprecated = deprecated
        self.errors = errors
        self.examples = examples
        fieldSet = params
    }

    /// The part of the name before the last dot: what the method is about.
    public var noun: String { name.split(separator: ".").dropLast().joined(separator: ".") }

    /// The hook that stands before the method, `ticket.before_create`; nil for a method that only
    /// reads.
    public var hook: String? {
        guard effect != .read, let verb = name.split(separator: ".").last else { return nil }
        return "\(noun).before_\(verb)"
    }

    /// What stands in for a parameter that is not given; in a record, by the record's type.
    func defaultValue(of name: String, in params: JSON.Object) -> JSON? {
        let type = params["type"]?.string
        let field = fields.first { field in
            let types = field.traits.appliesTo
            return field.name == name && (types.isEmpty || type.map(types.contains) ?? false)
        }
        return field?.defaultValue
    }

    /// Gives parameters that came by position their names; nil where there are too many or none fit.
    func named(_ params: JSON?) -> JSON.Object? {
        switch params {
        case nil: return JSON.Object()
        case .object(let members): return members
        case .array(let values):
            let positions = fields.filter { $0.traits.appliesTo.isEmpty }
            guard values.count <= positions.count else { return nil }
            return JSON.Object(zip(positions, values).map { ($0.name, $1) })
        default: return nil
        }
    }
}
