internal import Logging
internal import OpsJSONRPC

/// Changing over to a new plan.
extension PluginHost {
    /// Changes over to a new plan: plugins whose settings changed get them.
    ///
    /// The plan has been validated as a whole, so a mistake in it changes nothing. A plugin that
    /// throws does not keep the others from their new settings; the first such error is thrown in
    /// the end, and the next reload tries again.
    public func reload(_ plan: PluginPlan) async throws(PluginError) -> [String: Reloaded] {
        try await inTurn(.plan) { (host) async throws(PluginError) in
            try await host.carryOut(plan)
        }
    }

    private func carryOut(_ plan: PluginPlan) async throws(PluginError) -> [String: Reloaded] {
        var outcome: [String: Reloaded] = [:]
        var failure: PluginError?
        for planned in plan.plugins {
            let name = planned.manifest.name
            do throws(PluginError) {
                outcome[name] = try await inTurn(.plugin(name)) {
                    (host) async throws(PluginError) in
                    try await host.reload(planned)
                }
            } catch {
                outcome[name] = .needsRestart
                failure = failure ?? error
            }
        }
        for entry in plan.programs {
            do throws(PluginError) {
                outcome[entry.name] = try await inTurn(.plugin(entry.name)) {
                    (host) async throws(PluginError) in try await host.reload(entry)
                }
            } catch {
                outcome[entry.name] = .needsRestart
                failure = failure ?? error
            }
        }
        for plugin in externals where outcome[plugin.name] == nil {
            try await inTurn(.plugin(plugin.name)) { host in await host.remove(plugin) }
            outcome[plugin.name] = .applied
        }
        if let failure { throw failure }
        for plugin in builtIns where outcome[plugin.name] == nil {
            outcome[plugin.name] = .needsRestart
        }
        return outcome
    }

    /// What a reload would do, as far as the plugins need not be asked: `applied` where the
    /// settings differ.
    func outlook(for plan: PluginPlan) async -> [String: Reloaded] {
        var outcome: [String: Reloaded] = [:]
        for plugin in builtIns { outcome[plugin.name] = .needsRestart }
        for plugin in externals { outcome[plugin.name] = .applied }
        for planned in plan.plugins {
            let name = planned.manifest.name
            let running = builtIns.first { $0.name == name && $0.instance != nil }
            outcome[name] = running?.outlook(for: planned) ?? .needsRestart
        }
        for entry in plan.programs {
            let running = await externals.first { $0.name == entry.name }?.entry
            outcome[entry.name] = running == entry ? .unchanged : .applied
        }
        return outcome
    }

    private func reload(_ entry: PluginConfiguration) async throws(PluginError) -> Reloaded {
        try refuseWhileStopping(entry.name)
        if let plugin = externals.first(where: { $0.name == entry.name }) {
            return try await plugin.reload(entry)
        }
        guard !builtIns.contains(where: { $0.name == entry.name }) else { return .needsRestart }
        let plugin = external(entry)
        externals.append(plugin)
        try await plugin.start()
        return .applied
    }

    private func remove(_ plugin: ExternalPlugin) async {
        externals.removeAll { $0 === plugin }
        await plugin.stop()
        services.registry.withdraw(owner: plugin.name)
        services.contributors.remove(plugin.name)
    }

    private func reload(_ planned: PlannedPlugin) async throws(PluginError) -> Reloaded {
        let name = planned.manifest.name
        guard let index = builtIns.firstIndex(where: { $0.name == name }) else {
            return .needsRestart
        }
        let outlook = builtIns[index].outlook(for: planned)
        builtIns[index].next = outlook == .unchanged ? nil : planned
        guard let instance = builtIns[index].instance else { return .needsRestart }
        guard outlook == .applied else { return outlook }
        do {
            guard try await planned.reload(instance) else { return .needsRestart }
        } catch {
            services.logger.error(
                "plugin did not take its new settings",
                metadata: ["plugin": "\(name)", "error": "\(error)"])
            throw PluginError(
                code: .reloadFailed, plugin: name,
                message: "did not take its new settings: \(error)")
        }
        builtIns[index].planned = planned
        builtIns[index].next = nil
        return .applied
    }
}

extension PluginHost.BuiltIn {
    /// What becomes of it by another plan, as far as it need not be asked: grants, hooks and policy
    /// are looked at when it starts.
    func outlook(for planned: PlannedPlugin) -> PluginHost.Reloaded {
        let old = self.planned.configuration
        var new = planned.configuration
        // That is for the start of the daemon.
        new.onFailure = old.onFailure
        if old == new { return .unchanged }
        return old.differsInSettingsOnly(from: new) ? .applied : .needsRestart
    }
}
