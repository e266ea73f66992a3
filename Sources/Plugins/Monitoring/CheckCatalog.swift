internal import OpsCore
internal import OpsJSONRPC

/// The types of check that there are, and what each of them asks for.
struct CheckCatalog: Sendable {
    private struct Entry: Sendable {
        let fields: [FieldSpec]
        let independent: Set<String>
        let decode: @Sendable (JSON.Object) throws(RPCError) -> any CheckKind
    }

    /// All types of this plugin.
    static let standard = CheckCatalog(CheckKinds.all + [CompositeCheck.self, HeartbeatCheck.self])

    /// The values that a check's `type` may have.
    let types: [String]
    /// The members of all types, each with the types that have it, for the methods' declarations.
    let fields: [FieldSpec]
    private let entries: [String: Entry]

    /// The members that a check may have beside those that its methods declare themselves.
    var allFields: [FieldSpec] { StatePolicy.fields + fields }

    init(_ kinds: [any CheckKind.Type]) {
        var entries: [String: Entry] = [:]
        for kind in kinds { entries[kind.kind] = Self.entry(kind) }
        types = kinds.map { $0.kind }
        self.entries = entries
        fields = Self.joined(types.map { ($0, entries[$0]?.fields ?? []) })
    }

    /// Reads the own members of a check.
    ///
    /// - Throws: `invalid_params` naming `type`, or the members that do not fit it.
    func decode(_ type: String, _ members: JSON.Object) throws(RPCError) -> any CheckKind {
        guard let entry = entries[type] else {
            throw .badMembers([
                .init(path: "type", reason: "is none of \(types.joined(separator: ", "))")
            ])
        }
        let strange = members.keys.filter { name in !entry.fields.contains { $0.name == name } }
        guard strange.isEmpty else {
            throw .badMembers(strange.map { .init(path: $0, reason: complaint($0, type)) })
        }
        return try entry.decode(members)
    }

    /// The own members as people may see them: defaults filled in, secrets covered.
    func shown(_ type: String, _ members: JSON.Object) -> JSON.Object {
        var shown = JSON.Object()
        for field in entries[type]?.fields ?? [] {
            let value = members[field.name]
            if field.traits.isSecret {
                if value != nil, value != field.defaultValue {
                    shown[field.name] = .string(Self.cover)
                }
            } else {
                shown[field.name] = value ?? field.defaultValue
            }
        }
        return shown
    }

    /// What stands for a secret that is there and not shown.
    static let cover = "********"

    /// Whether nothing but their own rules judges the members of a type.
    func areIndependent(_ names: [String], of type: String) -> Bool {
        entries[type].map { $0.independent.isSuperset(of: names) } ?? false
    }

    /// Holds a member of a type against its own rules only.
    ///
    /// - Throws: `invalid_params` naming it when it does not fit.
    func judge(_ value: JSON, as name: String, of type: String) throws(RPCError) {
        let wrong = field(name, of: type)?.complaints(about: value) ?? []
        guard wrong.isEmpty else { throw .badMembers(wrong) }
    }

    /// Whether a member of a type is a secret.
    func isSecret(_ name: String, of type: String) -> Bool {
        field(name, of: type)?.traits.isSecret ?? false
    }

    /// A text as the number or the boolean that the member takes, where it is one.
    func typed(_ value: JSON, as name: String, of type: String) -> JSON {
        field(name, of: type)?.typed(value) ?? value
    }

    private func field(_ name: String, of type: String) -> FieldSpec? {
        entries[type]?.fields.first { $0.name == name }
    }

    private func complaint(_ name: String, _ type: String) -> String {
        guard let field = fields.first(where: { $0.name == name }) else {
            return "is not a member of a check of type \(type)"
        }
        let owners = field.traits.appliesTo.joined(separator: ", ")
        return "belongs to checks of type \(owners), not \(type)"
    }

    // MARK: - Reading the declarations

    private static func entry<Kind: CheckKind>(_ kind: Kind.Type) -> Entry {
        let set = FieldSet(kind)
        return Entry(fields: set.fields, independent: kind.independent) {
            members throws(RPCError) in
            let check = try set.decode(members)
            try check.validate()
            return check
        }
    }

    /// Joins members of the same name and schema into one that several types have.
    private static func joined(_ kinds: [(type: String, fields: [FieldSpec])]) -> [FieldSpec] {
        var joined: [FieldSpec] = []
        for (type, fields) in kinds {
            for field in fields {
                let twin = joined.firstIndex { $0.name == field.name && $0.schema == field.schema }
                if let twin {
                    joined[twin].traits.appliesTo.append(type)
                    if field.isRequired { joined[twin].traits.requiredFor.append(type) }
                } else {
                    joined.append(field.applying(to: [type]))
                }
            }
        }
        return joined
    }
}

extension FieldSpec {
    /// A text as the number or the boolean that the member takes, where it is one.
    func typed(_ value: JSON) -> JSON {
        guard let text = value.string else { return value }
        switch schema["type"]?.string {
        case "integer", "number": return JSON.Number(text: text).map { .number($0) } ?? value
        case "boolean": return text == "true" ? true : text == "false" ? false : value
        default: return value
        }
    }
}
