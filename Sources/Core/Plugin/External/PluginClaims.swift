internal import OpsJSONRPC

/// What a plugin wants to do; once it has been held against the grants, what it may do.
struct PluginClaims: Sendable {
    let calls: [Scope]
    let subscribes: [Scope]
    let emits: [Scope]
    let hooks: [Scope]
    let store: Bool
    let routes: [RouteDeclaration]

    /// Stops a plugin that wants more than it is granted, and says what is missing.
    func check(against grants: PluginGrants, of plugin: String) throws(PluginError) {
        let missing =
            beyond(calls, grants.call, "call") + beyond(subscribes, grants.subscribe, "subscribe")
            + beyond(emits, grants.emit, "emit") + beyond(hooks, grants.hooks, "hooks")
            + (store && !grants.store ? ["grants.store true"] : [])
            + routes.compactMap(grants.missing)
        guard missing.isEmpty else {
            throw PluginError(
                code: .notGranted, plugin: plugin,
                message: "wants more than it is granted; missing in plugins.json: "
                    + missing.joined(separator: ", "))
        }
    }

    private func beyond(_ claims: [Scope], _ granted: [Scope], _ name: String) -> [String] {
        claims.filter { !granted.cover($0) }.map { "grants.\(name) \($0)" }
    }

    /// What the plugin is told that it may do.
    var json: JSON {
        func list(_ scopes: [Scope]) -> JSON { .array(scopes.map { .string($0.description) }) }
        return [
            "call": list(calls), "subscribe": list(subscribes), "emit": list(emits),
            "hooks": list(hooks), "store": .bool(store),
            "routes": .array(routes.map { .string($0.path) }),
        ]
    }
}
