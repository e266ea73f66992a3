internal import Logging
internal import OpsJSONRPC

/// Starts the plugins of a plan in order, reloads them, and stops them in reverse.
public actor PluginHost {
    /// Where a plugin is in its life.
    public enum State: String, Sendable, Codable, CaseIterable {
        case starting, running, failed, stopped
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

    private struct Hosted {
        let planned: PlannedPlugin
        let schedule: Scheduler
        var instance: (any Plugin)?
        var state: State
        var failure: String?
        /// The settings that it runs with.
        var config: JSON
    }

    private let loop: EventLoop
    private let registry: MethodRegistry
    private let store: Store
    private let time: any TimeSource
    private let logger: Logger
    private let stopTimeout: Duration
    private let makeContext: @Sendable (String) -> PluginContext
    private var hosted: [Hosted] = []

    /// The host runs on the platform's loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    init(
        loop: EventLoop, registry: MethodRegistry, store: Store, time: any TimeSource,
        logger: Logger, stopTimeout: Duration = .seconds(5),
        makeContext: @escaping @Sendable (String) -> PluginContext
    ) {
        self.loop = loop
        self.registry = registry
        self.store = store
        self.time = time
        self.logger = logger
        self.stopTimeout = stopTimeout
        self.makeContext = makeContext
    }

    /// Starts every plugin of the plan, each after what it requires.
    ///
    /// A plugin that fails is stopped again. When its entry says `abort_start`, or another plugin
    /// requires it, everything that had started is stopped in reverse order and the error is thrown.
    public func start(_ plan: PluginPlan) async throws {
        for planned in plan.plugins {
            try registry.declare(planned.manifest.methods, owner: planned.manifest.name)
        }
        for planned in plan.plugins {
            do {
                try await start(planned)
            } catch {
                guard planned.configuration.onFailure == .degrade else {
                    await stop()
                    throw error
                }
            }
        }
    }

    private func start(_ planned: PlannedPlugin) async throws {
        let name = planned.manifest.name
        let index = hosted.count
        let context = makeContext(name)
        hosted.append(
            Hosted(
                planned: planned, schedule: context.schedule, state: .starting,
                config: planned.configuration.config))
        do {
            try refuseWithout(planned.manifest.requires, name)
            let migrations = planned.manifest.migrations
            try await loop.workers.run { [store] in
                try store.migrate(owner: name, migrations)
            }
            let instance = try planned.make(context)
            hosted[index].instance = instance
            try await instance.start()
            try refuseUnhandled(name)
            hosted[index].state = .running
        } catch {
            logger.error(
                "plugin did not start", metadata: ["plugin": "\(name)", "error": "\(error)"])
            await stop(index, as: .failed, because: "\(error)")
            throw error as? PluginError ?? PluginError.startFailed(name, "\(error)")
        }
    }

    private func refuseWithout(_ requires: [String], _ name: String) throws {
        let running = Set(hosted.filter { $0.state == .running }.map(\.planned.manifest.name))
        if let absent = requires.first(where: { !running.contains($0) }) {
            throw PluginError.missing(name, "requires \(absent), which did not start")
        }
    }

    private func refuseUnhandled(_ name: String) throws {
        let missing = registry.unhandled(owner: name)
        guard missing.isEmpty else {
            throw PluginError.startFailed(
                name, "declares \(missing.joined(separator: ", ")) but answers them with nothing")
        }
    }

    /// Stops everything, in the reverse order of the start; a plugin that hangs is left behind.
    public func stop() async {
        for index in hosted.indices.reversed() where hosted[index].instance != nil {
            await stop(index, as: .stopped)
        }
    }

    private func stop(_ index: Int, as state: State, because failure: String? = nil) async {
        let name = hosted[index].planned.manifest.name
        hosted[index].state = state
        hosted[index].failure = failure
        registry.silence(owner: name)
        await hosted[index].schedule.cancelAll()
        guard let instance = hosted[index].instance else { return }
        hosted[index].instance = nil
        let finished = await Deadline.run(stopTimeout, on: loop, time) { await instance.stop() }
        if !finished {
            logger.error(
                "plugin did not stop in time and is left behind", metadata: ["plugin": "\(name)"])
        }
    }

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
        if let failure { throw failure }
        for plugin in hosted where outcome[plugin.planned.manifest.name] == nil {
            outcome[plugin.planned.manifest.name] = .needsRestart
        }
        return outcome
    }

    /// What a reload would do, as far as the plugins need not be asked: `applied` where the
    /// settings differ.
    func outlook(for plan: PluginPlan) -> [String: Reloaded] {
        var outcome: [String: Reloaded] = [:]
        for plugin in hosted { outcome[plugin.planned.manifest.name] = .needsRestart }
        for planned in plan.plugins {
            let name = planned.manifest.name
            let running = hosted.first { $0.planned.manifest.name == name && $0.instance != nil }
            outcome[name] =
                running.map {
                    $0.config == planned.configuration.config ? .unchanged : .applied
                } ?? .needsRestart
        }
        return outcome
    }

    private func reload(_ planned: PlannedPlugin) async throws(PluginError) -> Reloaded {
        let name = planned.manifest.name
        guard let index = hosted.firstIndex(where: { $0.planned.manifest.name == name }),
            let instance = hosted[index].instance
        else { return .needsRestart }
        let config = planned.configuration.config
        guard hosted[index].config != config else { return .unchanged }
        do {
            guard try await planned.reload(instance) else { return .needsRestart }
        } catch {
            logger.error(
                "plugin did not take its new settings",
                metadata: ["plugin": "\(name)", "error": "\(error)"])
            throw PluginError(
                code: .reloadFailed, plugin: name,
                message: "did not take its new settings: \(error)")
        }
        hosted[index].config = config
        return .applied
    }

    /// Every plugin of the plan with its state.
    public var statuses: [PluginStatus] {
        hosted.map { plugin in
            let manifest = plugin.planned.manifest
            return PluginStatus(
                name: manifest.name, version: manifest.version, summary: manifest.summary,
                state: plugin.state, error: plugin.failure, requires: manifest.requires,
                methods: manifest.methods.map(\.name).sorted(),
                events: manifest.events.map(\.topic).sorted())
        }
    }
}

/// What `plugin.list` says about one plugin.
public struct PluginStatus: Codable, Sendable {
    /// The plugin's name.
    public var name: String
    /// Its version.
    public var version: String
    /// One sentence that says what it is for.
    public var summary: String
    /// Where it is in its life.
    public var state: PluginHost.State
    /// Why it failed.
    public var error: String?
    /// The plugins that it requires.
    public var requires: [String]
    /// The methods that it answers.
    public var methods: [String]
    /// The events that it announces.
    public var events: [String]
}
