internal import OpsJSONRPC

/// Answers the methods about tokens.
struct TokenHandlers {
    let access: AccessControl
    let store: Store
    let loop: EventLoop

    static let declarations = [
        MethodDeclaration(CreateToken.self), MethodDeclaration(ListTokens.self),
        MethodDeclaration(RevokeToken.self), MethodDeclaration(UseToken.self),
    ]

    func bind(_ methods: MethodRegistrar) {
        methods.handle(CreateToken.self) { [access, loop] call, params in
            let draft = try TokenDraft(
                params, allowed: try Self.rolesToGive(call), access.rules)
            return try await access.create(draft, for: call, on: loop.workers)
        }
        methods.handle(ListTokens.self) { [store] _, params in
            let condition = params.revoked ? "1 = 1" : "revoked_at IS NULL"
            return try await store.read { transaction in
                Page(
                    items: try transaction.rows(
                        "SELECT * FROM token WHERE \(condition) ORDER BY id"
                    ).map(TokenRecord.init(row:)))
            }
        }
        methods.handle(RevokeToken.self) { [access] call, params in
            try await access.revoke(params.token, for: call)
        }
        methods.answer(UseToken.self) { [access] call, params in
            try Self.use(params.token, call, access)
        }
    }

    /// The roles that a caller may put into a token; nil means any.
    private static func rolesToGive(_ call: Call) throws(RPCError) -> [String]? {
        guard let access = call.access else { return nil }
        guard let peer = access as? PeerAccess else {
            throw .forbidden(
                "Only users make tokens: \(call.principal) is none.",
                hint: "Whoever has a token narrows it by himself: `opsloop token narrow`.")
        }
        return peer.roles.contains { $0.name == Role.admin.name } ? nil : peer.roles.map(\.name)
    }

    private static func use(
        _ text: String, _ call: Call, _ access: AccessControl
    ) throws(RPCError) -> UseToken.Result {
        do throws(RPCError) {
            let admission = try access.admit(token: text)
            guard call.become(admission.principal, admission.access) else {
                throw .conflict("There is no connection that could act as the token.")
            }
            return UseToken.Result(principal: admission.principal)
        } catch {
            access.noteDenial(
                of: UseToken.name, to: call.principal, error, requestID: call.requestID)
            throw error
        }
    }
}
