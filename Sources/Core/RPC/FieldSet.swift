public import OpsJSONRPC

/// The declaration of a ``Declared`` type, read once, against which values are decoded.
public struct FieldSet<Value: Declared>: Sendable {
    /// The required members, the others, each in the order of the source text; then the extra ones.
    public let fields: [FieldSpec]
    private let byName: [String: Int]
    private let declaredCount: Int
    /// The wire name under which ``Members`` collects the extra fields.
    private let membersKey: String?
    /// The wire name under which ``Given`` collects what the caller gave.
    private let givenKey: String?
    /// The members of each ``Group``, by its wire name.
    private let groups: [(key: String, names: [String])]
    /// What is asked of the value of each declared member: a ``FieldSpec`` is too large to be copied
    /// for each of thousands of records.
    private let judges: [Judge]
    /// The declared members that have to be there.
    private let required: [String]
    /// The values of declared members that stand in when none is given.
    private let defaults: [(name: String, value: JSON)]

    private struct Judge: Sendable {
        let isRequired: Bool
        let complaints: @Sendable (JSON) -> [RPCError.FieldError]
    }

    /// Reads the declaration of `type`; `extra` are the fields that its ``Members`` collects.
    ///
    /// - Precondition: every stored member is a ``Param``, a ``Group``, one ``Members`` or one
    ///   ``Given``, and names are unique.
    public init(_ type: Value.Type = Value.self, extra: [FieldSpec] = []) {
        var declared: [FieldSpec] = []
        var membersKey: String?
        var givenKey: String?
        var groups: [(key: String, names: [String])] = []
        for child in Mirror(reflecting: Value()).children {
            let name = WireName.of(String((child.label ?? "").drop(while: { $0 == "_" })))
            if let param = child.value as? any FieldDeclaring {
                declared.append(param.fieldSpec(named: name))
            } else if child.value is Given {
                givenKey = name
            } else if let group = child.value as? any FieldGroup {
                declared += group.fields
                groups.append((name, group.fields.map(\.name)))
            } else {
                precondition(
                    child.value is Members,
                    "\(type).\(name) is neither a @Param nor a @Group nor a @Members.")
                membersKey = name
            }
        }
        precondition(
            extra.isEmpty || membersKey != nil, "\(type) has no @Members for extra fields.")
        // Required ones first: OpenRPC asks for it, and positions are counted that way.
        let fields = declared.filter(\.isRequired) + declared.filter { !$0.isRequired } + extra
        self.fields = fields
        declaredCount = declared.count
        self.membersKey = membersKey
        self.givenKey = givenKey
        self.groups = groups
        judges = fields.prefix(declared.count).map { field in
            Judge(isRequired: field.isRequired, complaints: { field.complaints(about: $0) })
        }
        required = declared.filter(\.isRequired).map(\.name)
        defaults = declared.compactMap { field in field.defaultValue.map { (field.name, $0) } }
        byName = Dictionary(
            fields.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, second in
                // Several types of a record may each have a member of the same name.
                precondition(
                    first >= declared.count, "\(type) declares \(fields[second].name) twice.")
                return first
            })
    }

    /// Decodes the parameters of a call: by name, by position, or none at all.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, naming every member that is missing, unknown, of
    ///   the wrong type or out of its limits.
    public func decode(_ params: JSON?) throws(RPCError) -> Value {
        switch params {
        case nil: return try decode(JSON.Object())
        case .object(let members): return try decode(members)
        case .array(let values): return try decode(byPosition(values))
        default: throw .invalidRequest("params must be an object or an array")
        }
    }

    /// Decodes named members; see ``decode(_:)-(JSON?)``.
    public func decode(_ members: JSON.Object) throws(RPCError) -> Value {
        var complete = JSON.Object()
        var extras = JSON.Object()
        var errors: [RPCError.FieldError] = []
        for (name, value) in members {
            guard let index = byName[name] else {
                errors.append(RPCError.FieldError(path: name, reason: unknownReason(name)))
                continue
            }
            if index >= declaredCount {
                // What an extra member may be depends on the record's type: its owner decides.
                extras[name] = value
                continue
            }
            if fields[index].hasRules { errors += complaints(fields[index], value) }
            complete[name] = value
        }
        for field in fields.prefix(declaredCount) where isAbsent(complete[field.name], field) {
            if field.isRequired {
                errors.append(RPCError.FieldError(path: field.name, reason: "is required"))
            }
            complete[field.name] = field.defaultValue ?? .null
        }
        guard errors.isEmpty else { throw .invalidParams(errors + mismatches(members)) }
        if let membersKey { complete[membersKey] = .object(extras) }
        if let givenKey { complete[givenKey] = .object(members) }
        for group in groups {
            complete[group.key] = .object(
                JSON.Object(group.names.map { ($0, complete[$0] ?? .null) }))
        }
        do {
            return try decodeChecked(complete)
        } catch {
            // The decoder stops at the first member that is of another type; tell of all of them.
            let wrong = mismatches(members)
            throw wrong.isEmpty ? error : .invalidParams(wrong)
        }
    }

    /// Finds out what is wrong with named members, without making a value of them.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, as ``decode(_:)-(JSON.Object)`` does.
    public func check(_ members: JSON.Object) throws(RPCError) {
        var errors: [RPCError.FieldError] = []
        for (name, value) in members {
            guard let index = byName[name] else {
                errors.append(RPCError.FieldError(path: name, reason: unknownReason(name)))
                continue
            }
            // What an extra member may be depends on the record's type: its owner decides.
            guard index < declaredCount, !value.isNull || judges[index].isRequired else { continue }
            errors += judges[index].complaints(value)
        }
        for name in required where members[name] == nil {
            errors.append(RPCError.FieldError(path: name, reason: "is required"))
        }
        guard errors.isEmpty else { throw .invalidParams(errors) }
    }

    /// Checks named members, and answers them with the defaults of those that are not given: for who
    /// takes in thousands, as ``decode(_:)-(JSON.Object)`` makes a value of each that takes longer
    /// than to store it.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, as ``check(_:)`` does.
    public func completed(_ members: JSON.Object) throws(RPCError) -> JSON.Object {
        try check(members)
        var complete = members
        for (name, value) in defaults where complete[name].map(\.isNull) ?? true {
            complete[name] = value
        }
        return complete
    }

    /// What is wrong with members that have no rules, which only the decoder judges otherwise.
    private func mismatches(_ members: JSON.Object) -> [RPCError.FieldError] {
        fields.prefix(declaredCount).filter { !$0.hasRules }.flatMap { field in
            members[field.name].map { complaints(field, $0) } ?? []
        }
    }

    private func complaints(_ field: FieldSpec, _ value: JSON) -> [RPCError.FieldError] {
        // An explicit null for a member with a default or an optional one means: not given.
        if case .null = value, !field.isRequired { return [] }
        return field.complaints(about: value)
    }

    private func isAbsent(_ value: JSON?, _ field: FieldSpec) -> Bool {
        guard let value else { return true }
        return value.isNull && field.defaultValue != nil
    }

    private func byPosition(_ values: [JSON]) throws(RPCError) -> JSON.Object {
        guard values.count <= declaredCount else {
            throw .invalidParams([
                RPCError.FieldError(
                    path: "[\(declaredCount)]",
                    reason: "there are only \(declaredCount) parameters, \(values.count) were given"
                )
            ])
        }
        return JSON.Object(zip(fields, values).map { ($0.name, $1) })
    }

    private func decodeChecked(_ members: JSON.Object) throws(RPCError) -> Value {
        do {
            return try JSON.object(members).decodeKnown(Value.self)
        } catch let error as DecodingError {
            throw .invalidParams([error.fieldError(under: "")])
        } catch {
            throw .invalidParams([RPCError.FieldError(path: "", reason: "\(error)")])
        }
    }

    private func unknownReason(_ name: String) -> String {
        RPCError.unknownMemberReason(name, among: fields.map(\.name))
    }
}
