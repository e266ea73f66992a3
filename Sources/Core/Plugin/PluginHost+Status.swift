internal import OpsJSONRPC

extension PluginHost {
    /// Every plugin of the plan with its state.
    public var statuses: [PluginStatus] {
        get async {
            var statuses = builtIns.map(status)
            for plugin in externals { statuses.append(await plugin.status) }
            return statuses
        }
    }

    private func status(_ plugin: BuiltIn) -> PluginStatus {
        let manifest = plugin.planned.manifest
        return PluginStatus(
            name: manifest.name, version: manifest.version, summary: manifest.summary,
            state: plugin.state, since: plugin.since, error: plugin.failure, pid: nil,
            restarts: plugin.restarts, rssBytes: nil, inFlight: 0, requires: manifest.requires,
            methods: manifest.methods.map(\.name).sorted(),
            events: manifest.events.map(\.topic).sorted(),
            grants: plugin.planned.configuration.grants,
            routes: services.routes.routes(of: manifest.name))
    }

    /// Tries a plugin out beside the one that runs.
    func check(_ name: String) async throws -> CheckPlugin.Result {
        guard let plugin = externals.first(where: { $0.name == name }) else {
            let methods = builtIns.first { $0.name == name }?.planned.manifest.methods ?? []
            return CheckPlugin.Result(ok: true, methods: methods.map(\.name).sorted())
        }
        return try await inTurn(.plugin(name)) { _ in await plugin.check() }
    }

    /// The last lines of a plugin's log; those of a built-in one stand in the daemon's only.
    func log(of name: String, _ limit: Int) -> [PluginLogLine] {
        externals.first { $0.name == name }?.log.last(limit) ?? []
    }
}
