internal import OpsJSONRPC

/// One plugin of a plan: its manifest, and how to make it with its validated settings.
public struct PlannedPlugin: Sendable {
    /// What the plugin says about itself.
    public let manifest: Manifest
    /// The entry of `plugins.json`.
    public let configuration: PluginConfiguration
    let make: @Sendable (PluginContext) throws -> any PluginInstance
    /// Hands the settings to a running plugin; false when it can't take new settings.
    let reload: @Sendable (any PluginInstance) async throws -> Bool

    /// Stops a plugin that wants more than its entry grants; without grants it may do everything.
    func checkGrants() throws(PluginError) {
        guard let grants = configuration.grants else { return }
        let claims = PluginClaims(
            calls: manifest.calls.compactMap(Scope.init),
            subscribes: manifest.subscribes.compactMap(Scope.init),
            emits: manifest.emits.compactMap(Scope.init),
            hooks: manifest.hooks.compactMap { Scope($0.name) }, store: false,
            routes: manifest.routes)
        try claims.check(against: grants, of: manifest.name)
    }

    /// The hooks that the manifest declares, each with what the plugin has bound to it.
    func hookEntries(_ context: PluginContext) throws(PluginError) -> [HookEntry] {
        try manifest.hooks.map { hook throws(PluginError) in
            guard let ask = context.hooks.handler(of: hook.name) else {
                throw .startFailed(
                    manifest.name, "declares the hook \(hook.name) but answers it with nothing")
            }
            return HookEntry(
                plugin: manifest.name, declaration: hook,
                settings: configuration.hooks[hook.name] ?? HookSettings(),
                timeout: .milliseconds(configuration.policy.hookTimeoutMs), ask: ask)
        }
    }

    /// How a plugin that was made contributes to pages.
    func contributor(_ instance: any PluginInstance) throws(PluginError) -> Contributor {
        let name = manifest.name
        let own = Set(manifest.methods.map(\.name))
        if let part = manifest.contributions.first(where: { !own.contains($0.method) }) {
            throw .startFailed(
                name, "contributes \(part.section), seen like \(part.method), which is not its own")
        }
        guard let contributing = instance as? any Contributes else {
            guard let part = manifest.contributions.first else {
                return Contributor(
                    plugin: name, declarations: [], presence: .absent(.notRunning, ""))
            }
            throw .startFailed(name, "declares that it contributes \(part.section) but does not")
        }
        return Contributor(
            plugin: name, declarations: manifest.contributions,
            presence: .here(
                within: .milliseconds(configuration.policy.contributionTimeoutMs),
                { question, _ in try await contributing.contributions(question) }))
    }

    init<P: Plugin>(_ type: P.Type, _ configuration: PluginConfiguration) throws(PluginError) {
        let settings = try Self.settings(of: type, configuration)
        manifest = P.manifest
        self.configuration = configuration
        make = { context in try P(context, settings: settings) }
        reload = { instance in
            guard let instance = instance as? any Reloads else { return false }
            return try await Self.apply(settings, to: instance)
        }
    }

    init(
        _ plugin: ProvidedPlugin, _ configuration: PluginConfiguration
    ) throws(PluginError) {
        let complaints = plugin.settings?.complaints(about: configuration.config) ?? []
        guard complaints.isEmpty else {
            throw .badSettings(configuration.name, complaints, in: configuration.config)
        }
        manifest = plugin.manifest
        self.configuration = configuration
        make = { context in try plugin.make(context, configuration.config) }
        reload = { _ in false }
    }

    private static func settings<P: Plugin>(
        of type: P.Type, _ configuration: PluginConfiguration
    ) throws(PluginError) -> P.Settings {
        let declaration = FieldSet(P.Settings.self)
        do throws(RPCError) {
            guard case .object(let members) = configuration.config else {
                throw RPCError.badField("", "config must be an object")
            }
            let settings = try declaration.decode(members)
            try P.validate(settings)
            return settings
        } catch {
            let fields =
                error.fields.isEmpty
                ? [RPCError.FieldError(path: "", reason: error.message)] : error.fields
            throw .badSettings(
                configuration.name, fields, in: configuration.config,
                secrets: Set(declaration.fields.filter(\.traits.isSecret).map(\.name)))
        }
    }

    private static func apply<R: Reloads>(
        _ settings: any Declared, to plugin: R
    ) async throws -> Bool {
        guard let settings = settings as? R.Settings else { return false }
        try await plugin.reload(settings)
        return true
    }
}
