public import OpsJSONRPC

/// Answers the hooks that a built-in plugin's manifest declares.
public struct HookRegistrar: Sendable {
    private let handlers: Guarded<[String: HookEntry.Ask]>

    init() { handlers = Guarded([:]) }

    /// Answers a hook; to be called before the plugin has started.
    ///
    /// The payload is the parameters of the method before which the hook stands.
    public func handle(
        _ hook: String,
        _ handler:
            @escaping @Sendable (_ payload: JSON.Object, _ call: Call) async throws ->
            HookResult
    ) {
        handlers.withLock { $0[hook] = handler }
    }

    func handler(of hook: String) -> HookEntry.Ask? { handlers.withLock { $0[hook] } }
}
