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
        /// What it runs by.
        var planned: PlannedPlugin
        /// What it starts by the next time, where it could not take that while it runs.
        var next: PlannedPlugin?
        var context: PluginContext
        var instance: (any PluginInstance)?
        var state: State
        var since: Instant
        var failure: String?
        var restarts = 0

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
    /// The last change that was asked for, by what it changes.
    private var lastChange: [Subject: Task<Void, Never>] = [:]
    private var isStopping = false

    /// What changes follow one another for.
    enum Subject: Hashable { case plan, plugin(String) }

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

    func external(_ entry: PluginConfiguration) -> ExternalPlugin {
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
                planned: planned, context: context, state: .starting, since: services.time.now()))
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
            services.contributors.set(try planned.contributor(instance))
            services.records.set(planned.manifest.records, of: name, instance as? any Reverts)
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

    // MARK: - Changes

    /// Carries changes of the same plugin out one after the other, each to its end: a caller that no
    /// longer waits for one does not leave the plugin halfway.
    func inTurn<T: Sendable>(
        _ subject: Subject,
        _ change: @escaping @Sendable (isolated PluginHost) async throws(PluginError) -> T
    ) async throws(PluginError) -> T {
        let before = lastChange[subject]
        let task = Task { () async -> Result<T, PluginError> in
            await before?.value
            do throws(PluginError) {
                return .success(try await change(self))
            } catch {
                return .failure(error)
            }
        }
        lastChange[subject] = Task { _ = await task.value }
        return try await task.value.get()
    }

    func refuseWhileStopping(_ name: String) throws(PluginError) {
        if isStopping { throw .startFailed(name, "the platform is stopping") }
    }

    // MARK: - Stop

    /// Stops everything, in the reverse order of the start; a plugin that hangs is left behind.
    public func stop() async {
        isStopping = true
        await stopExternals()
        // A restart that was under way is carried out before, so that nothing is left running.
        try? await inTurn(.plan) { host in await host.stopBuiltIns() }
        await stopExternals()
        services.dispatcher.setHookRunner(nil)
    }

    private func stopExternals() async {
        await withTaskGroup(of: Void.self) { group in
            for plugin in externals { group.addTask { await plugin.stop() } }
        }
    }

    private func stopBuiltIns() async {
        for index in builtIns.indices.reversed() {
            let name = builtIns[index].name
            try? await inTurn(.plugin(name)) { host in
                guard host.builtIns[index].instance != nil else { return }
                await host.stop(index, as: .stopped)
            }
        }
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
        services.records.set(builtIns[index].planned.manifest.records, of: name, nil)
        services.contributors.close(
            name, builtIns[index].planned.manifest.contributions, .notRunning,
            failure ?? "It was stopped.")
        await builtIns[index].context.schedule.cancelAll()
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

    /// Stops a plugin and starts it again, with a fresh budget and by the newest plan.
    func restart(_ name: String) async throws(PluginError) {
        try await inTurn(.plugin(name)) { (host) async throws(PluginError) in
            try host.refuseWhileStopping(name)
            if let plugin = host.externals.first(where: { $0.name == name }) {
                return try await plugin.restart()
            }
            guard let index = host.builtIns.firstIndex(where: { $0.name == name }) else {
                throw .missing(name, "no such plugin")
            }
            try await host.restart(index)
        }
    }

    private func restart(_ index: Int) async throws(PluginError) {
        await stop(index, as: .stopped)
        if let next = builtIns[index].next.take() {
            builtIns[index].planned = next
            builtIns[index].context = makeContext(next.configuration)
        }
        builtIns[index].restarts += 1
        builtIns[index].state = .starting
        do {
            try await start(index)
        } catch {
            throw error as? PluginError ?? .startFailed(builtIns[index].name, "\(error)")
        }
    }
}
