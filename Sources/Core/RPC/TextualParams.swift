internal import OpsJSONRPC

/// The parameters of a method that is declared by text: fields, and the schema of the whole.
struct TextualParams: Sendable {
    /// The required members, then the others, each in the order of the text.
    let fields: [FieldSpec]
    private let byName: [String: FieldSpec]
    /// Rules that concern several members at once.
    private let whole: JSONSchema?
    private let allowsOthers: Bool

    init(_ fields: [FieldSpec], whole: JSONSchema? = nil, allowsOthers: Bool = false) {
        self.fields = fields.filter(\.isRequired) + fields.filter { !$0.isRequired }
        byName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.whole = whole
        self.allowsOthers = allowsOthers
    }

    /// Checks parameters, by name or by position, and fills in the defaults.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, naming every member that is wrong.
    func decode(_ params: JSON?) throws(RPCError) -> JSON.Object {
        var members = try named(params)
        var errors: [RPCError.FieldError] = []
        for (name, value) in members {
            if let field = byName[name] {
                errors += field.complaints(about: value)
            } else if !allowsOthers {
                errors.append(RPCError.FieldError(path: name, reason: unknownReason(name)))
            }
        }
        for field in fields where members[field.name] == nil {
            if field.isRequired {
                errors.append(RPCError.FieldError(path: field.name, reason: "is required"))
            }
            members[field.name] = field.defaultValue
        }
        if errors.isEmpty, let whole { errors = whole.complaints(about: .object(members)) }
        guard errors.isEmpty else { throw .invalidParams(errors) }
        return members
    }

    private func named(_ params: JSON?) throws(RPCError) -> JSON.Object {
        switch params {
        case nil: return JSON.Object()
        case .object(let members): return members
        case .array(let values) where values.count <= fields.count:
            return JSON.Object(zip(fields, values).map { ($0.name, $1) })
        case .array(let values):
            throw .badField(
                "[\(fields.count)]",
                "there are only \(fields.count) parameters, \(values.count) were given")
        default: throw .invalidRequest("params must be an object or an array")
        }
    }

    private func unknownReason(_ name: String) -> String {
        RPCError.unknownMemberReason(name, among: fields.map(\.name))
    }
}
