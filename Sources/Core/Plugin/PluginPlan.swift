internal import OpsJSONRPC

/// Which plugins will run, validated and in the order of their start; nothing has been started.
public struct PluginPlan: Sendable {
    /// The enabled plugins, each after what it requires.
    public let plugins: [PlannedPlugin]

    /// Validates a configuration against the plugins that there are.
    ///
    /// Has no side effects: manifests are read, settings are decoded and validated, requirements are
    /// put in order, method names are checked against each other and against the core's.
    /// What is provided runs without an entry of its own, after what has one.
    /// - Throws: ``PluginError``, the first mistake found.
    public init(
        available: [any Plugin.Type], provided: [ProvidedPlugin] = [],
        configurations: [PluginConfiguration]
    ) throws(PluginError) {
        var planned: [PlannedPlugin] = []
        for configuration in Self.complete(configurations, provided) where configuration.isEnabled {
            if let plugin = provided.first(where: { $0.manifest.name == configuration.name }) {
                try Self.refuseTaken(configuration.name, planned)
                planned.append(try PlannedPlugin(plugin, configuration))
                continue
            }
            guard let type = available.first(where: { $0.manifest.name == configuration.name })
            else { throw Self.unknown(configuration.name, available) }
            try Self.refuseTaken(configuration.name, planned)
            planned.append(try PlannedPlugin(type, configuration))
        }
        plugins = try Self.ordered(planned)
        try refuseConflicts()
    }

    private static func complete(
        _ configurations: [PluginConfiguration], _ provided: [ProvidedPlugin]
    ) -> [PluginConfiguration] {
        let named = Set(configurations.map(\.name))
        return configurations
            + provided.map(\.manifest.name).filter { !named.contains($0) }
            .map { PluginConfiguration(name: $0) }
    }

    private static func refuseTaken(
        _ name: String, _ planned: [PlannedPlugin]
    ) throws(PluginError) {
        guard !CoreMethods.reservedOwners.contains(name) else {
            throw .conflict(name, "has a name that the core uses itself")
        }
        guard !planned.contains(where: { $0.manifest.name == name }) else {
            throw .conflict(name, "is configured twice")
        }
    }

    private func refuseConflicts() throws(PluginError) {
        let registry = MethodRegistry()
        try registry.declare(CoreMethods.declarations, owner: CoreMethods.owner)
        for plugin in plugins {
            try registry.declare(plugin.manifest.methods, owner: plugin.manifest.name)
        }
    }

    private static func unknown(_ name: String, _ available: [any Plugin.Type]) -> PluginError {
        let names = available.map { $0.manifest.name }.sorted()
        let hint = Spelling.nearest(name, among: names).map { "did you mean \($0)?" }
        return .missing(
            name, "no such plugin; \(hint ?? "there are " + names.joined(separator: ", "))")
    }

    /// Puts each plugin after those it requires; the configuration's order decides otherwise.
    private static func ordered(
        _ plugins: [PlannedPlugin]
    ) throws(PluginError) -> [PlannedPlugin] {
        var waiting = plugins
        var result: [PlannedPlugin] = []
        while !waiting.isEmpty {
            let started = Set(result.map(\.manifest.name))
            let next = waiting.firstIndex { started.isSuperset(of: $0.manifest.requires) }
            guard let next else { throw stuck(waiting, started) }
            result.append(waiting.remove(at: next))
        }
        return result
    }

    private static func stuck(_ waiting: [PlannedPlugin], _ started: Set<String>) -> PluginError {
        let names = Set(waiting.map(\.manifest.name))
        for plugin in waiting {
            let absent = plugin.manifest.requires.filter {
                !started.contains($0) && !names.contains($0)
            }
            if let absent = absent.first {
                return .missing(plugin.manifest.name, "requires \(absent), which is not enabled")
            }
        }
        let circle = waiting.map(\.manifest.name).joined(separator: ", ")
        return .missing(waiting[0].manifest.name, "requires itself in a circle: \(circle)")
    }
}

/// One plugin of a plan: its manifest, and how to make it with its validated settings.
public struct PlannedPlugin: Sendable {
    /// What the plugin says about itself.
    public let manifest: Manifest
    /// The entry of `plugins.json`.
    public let configuration: PluginConfiguration
    let make: @Sendable (PluginContext) throws -> any PluginInstance
    /// Hands the settings to a running plugin; false when it can't take new settings.
    let reload: @Sendable (any PluginInstance) async throws -> Bool

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
