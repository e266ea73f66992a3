internal import Logging
internal import OpsJSONRPC

/// Starts the plugins of a plan in order, reloads them, and stops them in reverse.
///
/// A built-in plugin lives in this process; any other is a program of its own
/// (``ExternalPlugin``), which is started again when it ends.
public actor PluginHost {
    /// Where a plugin is in its life.
    public enum State: String, Sendable, Codable, CaseIterable {
        case starting, running, restarting, failed, stopped, disabled
    }

    /// What a reload did to one plugin.
    public enum Reloaded: String, Sendable, Codable, CaseIterable {
        /// Its settings are the same.
        case unchanged
        /// It runs with the new settings.
        case applied
        /// It was added, removed, or can't take new settings while it runs.
        case needsRestart = "needs_restart"
    }

    struct BuiltIn {
        let planned: PlannedPlugin
        let schedule: Scheduler
        let context: PluginContext
        var instance: (any PluginInstance)?
        var state: State
        var since: Instant
        var failure: String?
        var restarts = 0
        /// The settings that it runs with.
        var config: JSON

        var name: String { planned.manifest.name }
    }

    let services: PluginServices
    let ledger: ProcessLedger
    nonisolated let hooks: HookChain
    /// The HTTP paths that the running plugins answer.
    public nonisolated let routes: RouteTable
    private let stopTimeout: Duration
    private let makeContext: @Sendable (PluginConfiguration) -> PluginContext
    var builtIns: [BuiltIn] = []
    var externals: [ExternalPlugin] = []

    /// The host runs on the platform's loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        services.loop.asUnownedSerialExecutor()
    }

    init(
        _ services: PluginServices, stopTimeout: Duration = .seconds(5),
        makeContext: @escaping @Sendable (PluginConfiguration) -> PluginContext
    ) {
        self.services = services
        self.stopTimeout = stopTimeout
        self.makeContext = makeContext
        routes = services.routes
        ledger = ProcessLedger(folder: services.folder, logger: services.logger)
        hooks = HookChain(loop: services.loop, time: services.time, logger: services.logger)
    }

    // MARK: - Start

    /// Starts every plugin of the plan: the built-in ones each after what it requires, then the
    /// programs, all at once.
    ///
    /// A plugin that fails is stopped again. When its entry says `abort_start`, or another plugin
    /// requires it, everything that had started is stopped in reverse order and the error is thrown.
    public func start(_ plan: PluginPlan) async throws {
        try await prepare()
        for planned in plan.plugins {
            try services.registry.declare(planned.manifest.methods, owner: planned.manifest.name)
        }
        do {
            for planned in plan.plugins {
                do {
                    try await start(planned)
                } catch  where planned.configuration.onFailure == .degrade {}
            }
            for entry in plan.programs { externals.append(external(entry)) }
            try await startExternals()
        } catch {
            await stop()
            throw error
        }
    }

    /// Ends what an earlier daemon has left behind, before anything of the same name starts.
    private func prepare() async throws {
        let (store, ledger, folder) = (services.store, ledger, services.folder)
        try await services.loop.workers.run {
            try store.migrate(owner: "plugin", PluginValues.migrations)
            try DataDirectory.create(folder)
            _ = ledger.reap()
        }
        services.dispatcher.setHookRunner(hooks)
    }

    private func external(_ entry: PluginConfiguration) -> ExternalPlugin {
        ExternalPlugin(entry, services, hooks: hooks, ledger: ledger)
    }

    private func startExternals() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for plugin in externals {
                let mustStart = await plugin.entry.onFailure == .abortStart
                group.addTask {
                    do {
                        try await plugin.start()
                    } catch {
                        if mustStart { throw error }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func start(_ planned: PlannedPlugin) async throws {
        let context = makeContext(planned.configuration)
        builtIns.append(
            BuiltIn(
                planned: planned, schedule: context.schedule, context: context, state: .starting,
                since: services.time.now(), config: planned.configuration.config))
        try await start(builtIns.count - 1)
    }

    private func start(_ index: Int) async throws {
        let (planned, context) = (builtIns[index].planned, builtIns[index].context)
        let name = planned.manifest.name
        do {
            try refuseWithout(planned.manifest.requires, name)
            try planned.checkGrants()
            let migrations = planned.manifest.migrations
            try await services.loop.workers.run { [store = services.store] in
                try store.migrate(owner: name, migrations)
            }
            let instance = try planned.make(context)
            builtIns[index].instance = instance
            try await start(instance, within: planned.configuration.policy.startTimeoutMs, name)
            try refuseUnhandled(name)
            try hooks.set(planned.hookEntries(context), of: name)
            services.routes.set(planned.manifest.routes, of: name)
            builtIns[index].state = .running
            builtIns[index].since = services.time.now()
        } catch {
            services.logger.error(
                "plugin did not start", metadata: ["plugin": "\(name)", "error": "\(error)"])
            await stop(index, as: .failed, because: "\(error)")
            throw error as? PluginError ?? PluginError.startFailed(name, "\(error)")
        }
    }

    /// A plugin that hangs is left behind; whatever it still does, it has no methods any more.
    private func start(
        _ instance: any PluginInstance, within limitMs: Int, _ name: String
    ) async throws {
        let failure = Guarded<(any Error)?>(nil)
        let limit = Duration.milliseconds(limitMs)
        let isInTime = await Deadline.run(limit, on: services.loop, services.time) {
            do { try await instance.start() } catch { failure.withLock { $0 = error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        guard isInTime else {
            throw PluginError.startFailed(name, "did not start within \(limitMs) ms")
        }
    }

    private func refuseWithout(_ requires: [String], _ name: String) throws {
        let running = Set(builtIns.filter { $0.state == .running }.map(\.name))
        if let absent = requires.first(where: { !running.contains($0) }) {
            throw PluginError.missing(name, "requires \(absent), which did not start")
        }
    }

    private func refuseUnhandled(_ name: String) throws {
        let missing = services.registry.unhandled(owner: name)
        guard missing.isEmpty else {
            throw PluginError.startFailed(
                name, "declares \(missing.joined(separator: ", ")) but answers them with nothing")
        }
    }

    // MARK: - Stop

    /// Stops everything, in the reverse order of the start; a plugin that hangs is left behind.
    public func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for plugin in externals { group.addTask { await plugin.stop() } }
        }
        for index in builtIns.indices.reversed() where builtIns[index].instance != nil {
            await stop(index, as: .stopped)
        }
        services.dispatcher.setHookRunner(nil)
    }

    private func stop(_ index: Int, as state: State, because failure: String? = nil) async {
        let name = builtIns[index].name
        builtIns[index].state = state
        builtIns[index].since = services.time.now()
        builtIns[index].failure = failure
        services.registry.silence(owner: name)
        services.routes.set([], of: name)
        // Taking hooks away leaves no circle.
        try? hooks.set([], of: name)
        await builtIns[index].schedule.cancelAll()
        guard let instance = builtIns[index].instance else { return }
        builtIns[index].instance = nil
        let finished = await Deadline.run(stopTimeout, on: services.loop, services.time) {
            await instance.stop()
        }
        if !finished {
            services.logger.error(
                "plugin did not stop in time and is left behind", metadata: ["plugin": "\(name)"])
        }
    }

    /// Stops a plugin and starts it again, with a fresh budget.
    func restart(_ name: String) async throws(PluginError) {
        if let plugin = externals.first(where: { $0.name == name }) {
            return try await plugin.restart()
        }
        guard let index = builtIns.firstIndex(where: { $0.name == name }) else {
            throw .missing(name, "no such plugin")
        }
        await stop(index, as: .stopped)
        builtIns[index].restarts += 1
        builtIns[index].state = .starting
        do {
            try await start(index)
        } catch {
            throw error as? PluginError ?? .startFailed(name, "\(error)")
        }
    }

    // MARK: - Reload

    /// Changes over to a new plan: plugins whose settings changed get them.
    ///
    /// The plan has been validated as a whole, so a mistake in it changes nothing. A plugin that
    /// throws does not keep the others from their new settings; the first such error is thrown in
    /// the end, and the next reload tries again.
    public func reload(_ plan: PluginPlan) async throws -> [String: Reloaded] {
        var outcome: [String: Reloaded] = [:]
        var failure: PluginError?
        for planned in plan.plugins {
            do throws(PluginError) {
                outcome[planned.manifest.name] = try await reload(planned)
            } catch {
                failure = failure ?? error
            }
        }
        for entry in plan.programs {
            do throws(PluginError) {
                outcome[entry.name] = try await reload(entry)
            } catch {
                outcome[entry.name] = .needsRestart
                failure = failure ?? error
            }
        }
        for plugin in externals where outcome[plugin.name] == nil {
            await remove(plugin)
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
            outcome[name] =
                running.map {
                    $0.config == planned.configuration.config ? .unchanged : .applied
                } ?? .needsRestart
        }
        for entry in plan.programs {
            let running = await externals.first { $0.name == entry.name }?.entry
            outcome[entry.name] = running == entry ? .unchanged : .applied
        }
        return outcome
    }

    private func reload(_ entry: PluginConfiguration) async throws(PluginError) -> Reloaded {
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
    }

    private func reload(_ planned: PlannedPlugin) async throws(PluginError) -> Reloaded {
        let name = planned.manifest.name
        guard let index = builtIns.firstIndex(where: { $0.name == name }),
            let instance = builtIns[index].instance
        else { return .needsRestart }
        let config = planned.configuration.config
        guard builtIns[index].config != config else { return .unchanged }
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
        builtIns[index].config = config
        return .applied
    }
}
