internal import OpsJSONRPC

/// Which plugins will run, validated and in the order of their start; nothing has been started.
public struct PluginPlan: Sendable {
    /// The enabled plugins, each after what it requires.
    public let plugins: [PlannedPlugin]
    /// The enabled plugins that are programs, in the order of the file.
    ///
    /// What they declare is known when they run; ``PluginCheck`` asks them before.
    public let programs: [PluginConfiguration]

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
        var programs: [PluginConfiguration] = []
        for configuration in Self.complete(configurations, provided) where configuration.isEnabled {
            if configuration.exec != nil {
                try Self.refuseTaken(configuration.name, planned, programs)
                programs.append(configuration)
                continue
            }
            if let plugin = provided.first(where: { $0.manifest.name == configuration.name }) {
                try Self.refuseTaken(configuration.name, planned, programs)
                planned.append(try PlannedPlugin(plugin, configuration))
                continue
            }
            guard let type = available.first(where: { $0.manifest.name == configuration.name })
            else { throw Self.unknown(configuration.name, available) }
            try Self.refuseTaken(configuration.name, planned, programs)
            planned.append(try PlannedPlugin(type, configuration))
        }
        plugins = try Self.ordered(planned)
        self.programs = programs
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
        _ name: String, _ planned: [PlannedPlugin], _ programs: [PluginConfiguration]
    ) throws(PluginError) {
        guard !CoreMethods.reservedOwners.contains(name) else {
            throw .conflict(name, "has a name that the core uses itself")
        }
        guard !programs.contains(where: { $0.name == name }) else {
            throw .conflict(name, "is configured twice")
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
        for program in programs {
            let noun = registry.declarations.first {
                $0.method.name.hasPrefix(program.name + ".") && $0.owner != program.name
            }
            if let noun {
                throw .conflict(
                    program.name, "has the name of a noun that \(noun.owner) owns")
            }
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
