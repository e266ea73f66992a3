internal import Logging
internal import OpsJSONRPC
internal import Synchronization

/// Asks the plugins that hook in before a method, one after the other.
///
/// Whatever a plugin does here, the daemon goes on: an error, a late answer and a death count as
/// `on_error` says. What the caller does is not for `on_error` to judge: a call that is given up
/// meanwhile, or that is too large to ask the plugin about, is not carried out.
final class HookChain: HookRunner {
    private let entries = Guarded<[String: [HookEntry]]>([:])
    private let isUsed = Atomic<Bool>(false)
    private let loop: EventLoop
    private let time: any TimeSource
    private let logger: Logger

    init(loop: EventLoop, time: any TimeSource, logger: Logger) {
        self.loop = loop
        self.time = time
        self.logger = logger
    }

    // MARK: - Who is asked

    /// Sets the hooks of a plugin, in place of those that it had.
    ///
    /// - Throws: ``PluginError`` when there is no order among the plugins at one of them.
    func set(_ hooks: [HookEntry], of plugin: String) throws(PluginError) {
        let failure: PluginError? = entries.withLock { entries in
            var changed = entries.mapValues { $0.filter { $0.plugin != plugin } }
            for hook in hooks { changed[hook.name, default: []].append(hook) }
            do throws(PluginError) {
                for (name, chain) in changed { changed[name] = try HookOrder.sorted(chain) }
            } catch {
                return PluginError(code: .conflict, plugin: plugin, message: error.message)
            }
            entries = changed.filter { !$0.value.isEmpty }
            isUsed.store(!entries.isEmpty, ordering: .releasing)
            return nil
        }
        if let failure { throw failure }
    }

    /// Every hook that somebody takes part in, sorted by name, its plugins in order.
    var all: [HookEntry] {
        entries.withLock { $0 }.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    func hasHooks(_ name: String) -> Bool {
        isUsed.load(ordering: .acquiring) && entries.withLock { $0[name] != nil }
    }

    // MARK: - Asking

    func run(
        _ name: String, before method: MethodDeclaration?, payload: JSON.Object, for call: Call
    ) async throws(RPCError) -> JSON.Object {
        var payload = payload
        for entry in entries.withLock({ $0[name] ?? [] }) {
            // Whoever calls does not have to be asked about its own call, nor could it be without
            // asking itself for ever.
            guard call.principal != .plugin(entry.plugin),
                method.map({ entry.declaration.wants(payload, of: $0) }) ?? true
            else { continue }
            switch try await answer(of: entry, payload, call) {
            case .continue: break
            case .replace(let other): payload = other
            case .reject(let error): throw error
            }
        }
        return payload
    }

    private func answer(
        of entry: HookEntry, _ payload: JSON.Object, _ call: Call
    ) async throws(RPCError) -> HookResult {
        let outcome = await Deadline.outcome(within: entry.timeout, on: loop, time) {
            try await entry.ask(payload, call)
        }
        // The caller's haste is not the plugin's failure: whoever gives a call up must not get past
        // a hook by it.
        if Task.isCancelled { throw .cancelled() }
        switch outcome {
        case .success(let result)?: return result
        case .failure(PeerFailure.tooLarge(let error))?: throw error
        case .failure(let error)?: return try judge("\(error)", entry, call)
        case nil:
            return try judge(
                "it did not answer within \(entry.timeout.milliseconds) ms", entry, call)
        }
    }

    private func judge(
        _ problem: String, _ entry: HookEntry, _ call: Call
    ) throws(RPCError) -> HookResult {
        logger.warning(
            "a plugin failed in a hook",
            metadata: [
                "plugin": "\(entry.plugin)", "hook": "\(entry.name)", "problem": "\(problem)",
                "request": "\(call.requestID)", "on_error": "\(entry.settings.onError.rawValue)",
            ])
        guard entry.settings.onError == .fail else { return .continue }
        throw .pluginUnavailable(
            "The plugin \(entry.plugin) has to be asked before \(call.method), but failed: "
                + problem)
    }
}
