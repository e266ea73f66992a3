internal import OpsJSONRPC

/// What a plugin may call: its own methods, and those that it was granted.
struct PluginAccess: Access {
    let plugin: String
    let calls: [Scope]

    func refusal(_ attempt: AccessAttempt) -> RPCError? {
        guard attempt.owner != plugin, !calls.allow(attempt.method) else { return nil }
        var error = RPCError.forbidden(
            "The plugin \(plugin) may not call \(attempt.method): the scope is not granted.")
        error.hint =
            "It takes \(attempt.method) in grants.call of plugins.json, and for a program also in "
            + "requires.call of its manifest."
        return error
    }
}
