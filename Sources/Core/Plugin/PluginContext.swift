public import Logging
public import OpsJSONRPC

/// Everything that a plugin is given; it reaches for nothing else.
public struct PluginContext: Sendable {
    /// The plugin's name.
    public let name: String
    /// The loop on which the plugin's actor runs.
    public let loop: EventLoop
    /// The records.
    public let store: Store
    /// The metrics.
    public let series: Series
    /// The events of everybody.
    public let events: EventBus
    /// The clock and the timers.
    public let time: any TimeSource
    /// Recurring work that survives restarts.
    public let schedule: Scheduler
    /// Answers the methods that the manifest declares.
    public let methods: MethodRegistrar
    /// Answers the hooks that the manifest declares.
    public let hooks = HookRegistrar()
    /// Logs with the plugin's name.
    public let logger: Logger
    let dispatcher: Dispatcher
    let contributors: Contributors
    /// What the plugin may call; nil where `plugins.json` sets no limits.
    let access: (any Access)?

    /// The plugin as an actor on its own account.
    public var principal: Principal { .plugin(name) }

    /// Calls a method of whoever owns the noun and waits for the answer; the caller decodes its
    /// own small struct from it.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError``; `method_not_found` when the owner is absent, which any
    ///   plugin may be.
    public func call(_ method: String, _ params: JSON? = nil) async throws(RPCError) -> JSON {
        try await dispatcher.call(method, params, as: principal, access: access)
    }

    /// Asks the other plugins what they have to say about some records, as far as the caller may
    /// see it.
    ///
    /// A plugin that is off, late or fails is named in the answer and keeps nobody else from it.
    public func contributions(to subjects: [Ref], for call: Call) async -> Contributions {
        await contributors.ask(
            about: subjects, for: call, seenBy: [access, call.access].compactMap(\.self),
            by: name)
    }
}
