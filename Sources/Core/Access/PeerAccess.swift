internal import OpsJSONRPC

/// The rights of a local user, by what the configuration says of him and his groups.
///
/// The configuration is asked at every call, so a reload reaches connections that are open.
final class PeerAccess: Access {
    let uid: UInt32
    private let gids: [UInt32]
    private let control: AccessControl
    private let hadRole: Bool
    private let known: Guarded<(rules: AccessRules, roles: [Role])>

    init(uid: UInt32, gids: [UInt32], _ control: AccessControl) {
        self.uid = uid
        self.gids = gids
        self.control = control
        let rules = control.rules
        let roles = rules.roles(uid: uid, gids: gids)
        hadRole = !roles.isEmpty
        known = Guarded((rules, roles))
    }

    /// The user's roles, looked up again only when the rules have changed.
    var roles: [Role] {
        let rules = control.rules
        return known.withLock { known in
            if known.rules !== rules { known = (rules, rules.roles(uid: uid, gids: gids)) }
            return known.roles
        }
    }

    func refusal(_ attempt: AccessAttempt) -> RPCError? {
        if OpenMethods.forEverybody.contains(attempt.method) { return nil }
        let roles = roles
        if roles.isEmpty { return noRole }
        if OpenMethods.forTheKnown.contains(attempt.method)
            || roles.contains(where: { $0.allows(attempt) })
        {
            return nil
        }
        let names = roles.map(\.name).joined(separator: ", ")
        return .forbidden(
            "uid:\(uid) may not call \(attempt.method): "
                + "it is not among the methods of its role \(names).",
            hint: "An administrator gives roles in plugins.json, under access.members.")
    }

    /// One role without the limit is enough, if it has the method.
    func isLimitedToOwn(_ method: String, _ effect: Effect) -> Bool {
        roles.allSatisfy { $0.ownRecords || !$0.allows(method, effect) }
    }

    var end: RPCError? { hadRole && roles.isEmpty ? noRole : nil }

    private var noRole: RPCError {
        .forbidden(
            "uid:\(uid) has no role here.",
            hint: "An administrator gives roles in plugins.json, under access.members, or makes a "
                + "token; `opsloop --token-file FILE` uses one.")
    }
}
