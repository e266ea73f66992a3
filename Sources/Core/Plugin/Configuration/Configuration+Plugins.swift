internal import OpsJSONRPC

extension Configuration {
    /// The members of `policy`, and of the top level's `defaults`.
    public static var policyFields: [FieldSpec] { FieldSet(PluginPolicy.self).fields }

    /// The members of `restart` in a policy.
    public static var restartFields: [FieldSpec] { FieldSet(RestartPolicy.self).fields }

    /// The members of `grants`.
    public static var grantFields: [FieldSpec] { FieldSet(PluginGrants.self).fields }

    /// The members of each member of `hooks`.
    public static var hookFields: [FieldSpec] { FieldSet(HookSettings.self).fields }

    /// Reads `plugins`.
    static func plugins(
        _ entries: [JSON], defaults: JSON, in document: JSON
    ) throws(PluginError) -> [PluginConfiguration] {
        try checkPolicy(defaults, in: document, at: "defaults.")
        var plugins: [PluginConfiguration] = []
        for (index, entry) in entries.enumerated() {
            plugins.append(try plugin(entry, defaults, in: document, at: "plugins[\(index)]."))
        }
        return plugins
    }

    private static func plugin(
        _ json: JSON, _ defaults: JSON, in document: JSON, at place: String
    ) throws(PluginError) -> PluginConfiguration {
        let entry = try decode(PluginEntry.self, json, in: document, at: place)
        let complaints = entry.complaints.map {
            RPCError.FieldError(path: place + $0.path, reason: $0.reason)
        }
        guard complaints.isEmpty else { throw error(complaints, in: document) }
        try checkPolicy(entry.policy, in: document, at: place + "policy.")
        let policy = merged(defaults, entry.policy)
        return PluginConfiguration(
            name: entry.name, exec: entry.exec, sha256: entry.sha256, isEnabled: entry.enabled,
            onFailure: entry.onFailure, environment: entry.env,
            environmentFiles: entry.envFromFiles, config: entry.config,
            grants: try grants(entry.grants, in: document, at: place + "grants."),
            hooks: try hooks(entry.hooks, in: document, at: place + "hooks."),
            policy: try decode(PluginPolicy.self, policy, in: document, at: place + "policy."))
    }

    /// Each of the two is checked where it stands, so that a mistake is named by its own place.
    private static func checkPolicy(
        _ json: JSON, in document: JSON, at place: String
    ) throws(PluginError) {
        let policy = try decode(PluginPolicy.self, json, in: document, at: place)
        _ = try decode(
            RestartPolicy.self, policy.restart, in: document, at: place + "restart.")
    }

    private static func merged(_ defaults: JSON, _ own: JSON) -> JSON {
        guard case .object(var members) = defaults, case .object(let others) = own else {
            return own
        }
        for (name, value) in others {
            members[name] = members[name].map { merged($0, value) } ?? value
        }
        return .object(members)
    }

    private static func grants(
        _ json: JSON?, in document: JSON, at place: String
    ) throws(PluginError) -> PluginGrants? {
        guard let json, !json.isNull else { return nil }
        let grants = try decode(PluginGrants.self, json, in: document, at: place)
        for (name, paths) in [("routes", grants.routes), ("public_routes", grants.publicRoutes)] {
            for (index, path) in paths.enumerated() where !path.hasPrefix("/") {
                let field = RPCError.FieldError(
                    path: "\(place)\(name)[\(index)]", reason: "must begin with /")
                throw error([field], in: document)
            }
        }
        return grants
    }

    private static func hooks(
        _ json: JSON, in document: JSON, at place: String
    ) throws(PluginError) -> [String: HookSettings] {
        guard case .object(let members) = json else {
            let field = RPCError.FieldError(
                path: String(place.dropLast()), reason: "must be an object")
            throw error([field], in: document)
        }
        var hooks: [String: HookSettings] = [:]
        for (name, settings) in members {
            hooks[name] = try decode(
                HookSettings.self, settings, in: document, at: "\(place)\(name).")
        }
        return hooks
    }
}
