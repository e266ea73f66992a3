internal import OpsJSONRPC

/// Answers `plugin.*` and `hook.list`.
struct PluginHandlers: Sendable {
    private let plugins: PluginHost
    private let store: Store

    init(plugins: PluginHost, store: Store) {
        self.plugins = plugins
        self.store = store
    }

    func bind(_ methods: MethodRegistrar) {
        methods.handle(ListPlugins.self) { _, _ in Page(items: await plugins.statuses) }
        methods.handle(GetPlugin.self) { _, params in try await status(params.plugin) }
        methods.handle(CheckPlugin.self) { call, params in try await check(call, params) }
        methods.handle(RestartPlugin.self) { call, params in try await restart(call, params) }
        methods.handle(ReadPluginLogs.self) { _, params in
            Page(items: await plugins.log(of: try await known(params.plugin), params.limit))
        }
        methods.handle(ListHooks.self) { _, _ in Page(items: hooks) }
    }

    private func check(_ call: Call, _ params: CheckPlugin) async throws -> CheckPlugin.Result {
        let name = try await known(params.plugin)
        try await call.note(call.method, Ref("plugin", name), in: store)
        return try await plugins.check(name)
    }

    private func restart(_ call: Call, _ params: RestartPlugin) async throws -> PluginStatus {
        let name = try await known(params.plugin)
        guard !call.isDryRun else { return try await status(name) }
        try await call.note(call.method, Ref("plugin", name), in: store)
        do throws(PluginError) {
            try await plugins.restart(name)
        } catch {
            throw RPCError.pluginUnavailable("The plugin did not start: \(error).")
        }
        return try await status(name)
    }

    private func status(_ name: String) async throws -> PluginStatus {
        let all = await plugins.statuses
        guard let plugin = all.first(where: { $0.name == name }) else {
            let hint = Spelling.hint(name, among: all.map(\.name))
            throw RPCError.notFound("There is no plugin \(name).", hint: hint)
        }
        return plugin
    }

    private func known(_ name: String) async throws -> String { try await status(name).name }

    private var hooks: [ListHooks.Hook] {
        var position: [String: Int] = [:]
        return plugins.hooks.all.map { entry in
            position[entry.name, default: 0] += 1
            return ListHooks.Hook(
                hook: entry.name, position: position[entry.name] ?? 1, plugin: entry.plugin,
                priority: entry.settings.priority, onError: entry.settings.onError,
                timeoutMs: Int(entry.timeout.milliseconds), before: entry.declaration.before,
                after: entry.declaration.after)
        }
    }
}
