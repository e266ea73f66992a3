internal import OpsJSONRPC
internal import OpsToken

/// A token that is about to be made: what was asked for, found to be sound.
struct TokenDraft: Sendable {
    let name: String
    let role: String
    let restrictions: [Restriction]

    /// Reads what was asked for.
    ///
    /// - Parameters:
    ///   - allowed: The roles that the caller may give; nil means any.
    ///   - rules: The roles that there are.
    init(
        _ params: CreateToken, allowed: [String]?, _ rules: AccessRules
    ) throws(RPCError) {
        name = params.name
        role = try Self.role(params, allowed, rules)
        restrictions = try Self.restrictions(params)
    }

    // MARK: - The role

    private static func role(
        _ params: CreateToken, _ allowed: [String]?, _ rules: AccessRules
    ) throws(RPCError) -> String {
        guard let role = params.role else { return try defaultRole(params, allowed) }
        guard rules.role(role) != nil else {
            let near = Spelling.nearest(role, among: rules.roleNames)
            let hint =
                near.map { "did you mean \($0)?" }
                ?? "there are \(rules.roleNames.joined(separator: ", "))"
            throw .badField("role", "does not exist; \(hint)")
        }
        if let allowed, !allowed.contains(role) {
            throw .forbidden(
                "Nobody can give away more than he has: your role is "
                    + "\(allowed.joined(separator: ", ")), not \(role).")
        }
        return role
    }

    /// The caller's own role.
    ///
    /// From one who may do everything that would be a token that can do
    /// everything, which should not come about by leaving something out.
    private static func defaultRole(
        _ params: CreateToken, _ allowed: [String]?
    ) throws(RPCError) -> String {
        guard let allowed else {
            if params.methods != nil || params.effects != nil { return Role.admin.name }
            throw .badField(
                "role", "is required without methods and effects; admin may do everything")
        }
        guard allowed.count == 1 else {
            throw .badField("role", "is required, because you have several roles")
        }
        return allowed[0]
    }

    // MARK: - The restrictions

    private static func restrictions(_ params: CreateToken) throws(RPCError) -> [Restriction] {
        var restrictions: [Restriction] = []
        if let methods = params.methods {
            restrictions.append(.methods(methods.compactMap { MethodPattern($0) }))
        }
        if let effects = params.effects {
            restrictions.append(.effects(effects.map(\.rawValue)))
        }
        for (index, text) in (params.params ?? []).enumerated() {
            guard let condition = ParameterCondition(text) else {
                throw .badField(
                    "params[\(index)]",
                    "must be NAME=TEXT, NAME^TEXT, NAME<NUMBER, NAME>NUMBER, NAME? or NAME!")
            }
            restrictions.append(.parameter(condition))
        }
        if let first = params.notBefore { restrictions.append(.notBefore(first)) }
        if let last = params.notAfter { restrictions.append(.notAfter(last)) }
        if let text = params.rate {
            guard let rate = RateLimit(text) else {
                throw .badField("rate", "must be CALLS/SECONDS, such as 10/60")
            }
            restrictions.append(.rate(rate))
        }
        return restrictions
    }

    // MARK: - In the store

    func insert(salt: [UInt8], _ transaction: WriteTransaction) throws -> TokenRecord {
        let record = TokenRecord(
            ref: TokenSchema.ref(try transaction.nextID(TokenSchema.noun)), name: name, role: role,
            restrictions: restrictions.map(\.words), createdAt: transaction.now,
            createdBy: transaction.author.name)
        try transaction.execute(
            """
            INSERT INTO token (id, name, role, salt, restrictions, created_at, created_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            Int(record.ref.key), name, role, salt,
            JSON.array(record.restrictions.map { .string($0) }), record.createdAt,
            record.createdBy)
        try transaction.audit(
            CreateToken.name, record.ref, before: nil, after: try JSON(encoding: record))
        return record
    }

    static func revoke(_ ref: Ref, _ transaction: WriteTransaction) throws -> TokenRecord {
        let row = try transaction.row(
            "SELECT * FROM token WHERE id = ?", ref.noun == TokenSchema.noun ? Int(ref.key) : nil)
        guard let row else {
            throw RPCError.notFound("There is no \(ref).", hint: "`token.list` lists the tokens.")
        }
        let before = try TokenRecord(row: row)
        guard before.revokedAt == nil else { return before }
        var after = before
        after.revokedAt = transaction.now
        try transaction.execute(
            "UPDATE token SET revoked_at = ? WHERE id = ?", transaction.now, Int(ref.key))
        try transaction.audit(
            RevokeToken.name, ref, before: try JSON(encoding: before),
            after: try JSON(encoding: after))
        return after
    }
}
