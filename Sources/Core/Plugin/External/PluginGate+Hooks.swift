internal import OpsJSONRPC

extension PluginGate {
    /// Asks the plugin about a call before it is carried out; the hooks' chain sees to the time.
    ///
    /// The plugin is told the operator's limit: by the caller's, it could be made to give up early.
    func ask(
        _ hook: String, _ payload: JSON.Object, _ call: Call, within limit: Duration
    ) async throws -> HookResult {
        loop.preconditionOnLoop()
        guard case .open(let peer) = state else { throw refusal }
        let text = CallText(
            ["hook": .string(hook), "payload": .object(payload)],
            meta: .init(
                principal: call.principal.name, requestID: call.requestID,
                timeout: limit, call: call.meta))
        let answer = try await peer.call("hook.call", text, lane: .control, within: nil)
        return try HookResult(json: (try? JSON.parse(answer)) ?? .null, of: name)
    }
}
