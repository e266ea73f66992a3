public import Logging
public import OpsJSONRPC

/// OpsLoop without a socket: the loop, the store, the metrics, the events and the plugins.
///
/// The daemon puts a server in front of one; a program that embeds OpsLoop makes one of its own.
/// Several platforms can live in one process, each on its own data folder.
public final class Platform: Sendable {
    /// The loop on which everything runs.
    public let loop: EventLoop
    /// The records.
    public let store: Store
    /// The metrics.
    public let series: Series
    /// The events.
    public let events: EventBus
    /// The methods that can be called.
    public let registry: MethodRegistry
    /// Answers messages and calls.
    public let dispatcher: Dispatcher
    /// Who may do what.
    public let access: AccessControl
    /// The plugins.
    public let plugins: PluginHost
    /// What the plugins have to say about each other's records.
    let contributors: Contributors
    /// Whose records have a past that can be brought back.
    let records = RecordOwners()
    /// The folder that holds everything.
    public let directory: DataDirectory
    let options: Options
    /// Who waits for the next event, to be told when there won't be any.
    let eventWaits = EventWaits()
    private let plan: PluginPlan
    let startedAt: Instant
    private let startedUptime: Duration
    private let schedule: ScheduleEngine
    private let transports = Guarded<[String: @Sendable () -> JSON]>([:])
    private let reloads = Guarded<[String: @Sendable () async throws -> Void]>([:])

    /// What a platform is made of.
    public struct Options: Sendable {
        /// The data folder.
        public var dataDirectory: String
        /// What `plugins.json` says.
        public var configuration: Configuration
        /// The plugins that there are, whether enabled or not.
        public var available: [any Plugin.Type]
        /// Plugins of the embedding program that are no types; they run unless they are disabled.
        public var provided: [ProvidedPlugin] = []
        /// The clock.
        public var time: any TimeSource
        /// The log.
        public var logger: Logger
        /// OpsLoop's version, for `system.info`.
        public var version: String
        /// Reads the configuration anew, for `system.reload`; throws what is wrong with it.
        public var readConfiguration: (@Sendable () throws -> Configuration)?

        /// Makes options; without a logger nothing is logged anywhere.
        public init(
            dataDirectory: String, configuration: Configuration = Configuration(),
            available: [any Plugin.Type] = [], time: any TimeSource = SystemTime(),
            logger: Logger = Logger(label: "opsloop") { _ in SwiftLogNoOpLogHandler() },
            version: String = Platform.version,
            readConfiguration: (@Sendable () throws -> Configuration)? = nil
        ) {
            self.dataDirectory = dataDirectory
            self.configuration = configuration
            self.available = available
            self.time = time
            self.logger = logger
            self.version = version
            self.readConfiguration = readConfiguration
        }
    }

    /// OpsLoop's version, as `CHANGELOG.md` has it.
    public static let version = "0.2.0"

    /// Starts a platform on a thread of its own: opens the store, recovers the metrics, starts the
    /// plugins.
    ///
    /// - Throws: ``PluginError`` for a mistake in the configuration, before anything is opened;
    ///   ``DataDirectoryError``, ``StoreError`` or ``LoopError`` when the world does not play along.
    public static func start(_ options: Options) async throws -> Platform {
        let platform = try open(options)
        try platform.loop.start()
        try await platform.begin()
        return platform
    }

    /// Opens a platform whose loop the host drives; blocks the thread while the store opens.
    ///
    /// The rest of the start is ``begin()``, which needs the loop to be driven:
    ///
    /// ```swift
    /// let platform = try Platform.open(options)
    /// let start = Task { try await platform.begin() }
    /// while !hostWantsToStop { _ = platform.loop.step(timeoutMs: 100) }
    /// ```
    ///
    /// - Throws: as ``start(_:)``.
    public static func open(_ options: Options) throws -> Platform {
        let plan = try PluginPlan(
            available: options.available, provided: options.provided,
            configurations: options.configuration.plugins)
        return try Platform(options, plan)
    }

    /// Does what is left of the start of a platform that was opened: recovers the metrics and starts
    /// the plugins.
    ///
    /// Called once; returns when everything runs. A platform whose start failed has been stopped.
    ///
    /// - Throws: as ``start(_:)``.
    public func begin() async throws {
        do {
            try await run(plan)
        } catch {
            await stop()
            throw error
        }
    }

    private init(_ options: Options, _ plan: PluginPlan) throws {
        self.options = options
        self.plan = plan
        let (time, logger) = (options.time, options.logger)
        directory = try DataDirectory(options.dataDirectory)
        store = try Store.open(path: directory.path + "/opsloop.db", time: time, logger: logger)
        loop = try EventLoop()
        series = Series(
            store: store, time: time, loop: loop,
            settings: try SeriesSettings(options.configuration), logger: logger)
        events = EventBus(store: store, loop: loop, logger: logger)
        schedule = ScheduleEngine(store: store, time: time, loop: loop, logger: logger)
        registry = MethodRegistry()
        let access = AccessControl(
            store: store, loop: loop, time: time, folder: directory.path, logger: logger)
        self.access = access
        dispatcher = Dispatcher(
            registry: registry, loop: loop, time: time, logger: logger, store: store,
            onDenied: { principal, method, error, requestID in
                access.noteDenial(of: method, to: principal, error, requestID: requestID)
            })
        startedAt = time.now()
        startedUptime = time.uptime()
        let contributors = Contributors(loop: loop, time: time, logger: logger)
        for absent in options.available.map({ $0.manifest })
        where !plan.plugins.contains(where: { $0.manifest.name == absent.name }) {
            contributors.close(
                absent.name, absent.contributions, .disabled, "The plugin is not switched on.")
        }
        self.contributors = contributors
        plugins = PluginHost(
            PluginServices(
                loop: loop, time: time, store: store, events: events, registry: registry,
                dispatcher: dispatcher, routes: RouteTable(), contributors: contributors,
                records: records,
                folder: directory.path + "/plugins", version: options.version, logger: logger,
                random: { Double.random(in: 0..<1) }),
            makeContext: {
                [loop, store, series, events, schedule, registry, dispatcher] entry in
                let name = entry.name
                var pluginLogger = logger
                pluginLogger[metadataKey: "plugin"] = "\(name)"
                return PluginContext(
                    name: name, loop: loop, store: store, series: series, events: events,
                    time: time, schedule: Scheduler(engine: schedule, owner: name),
                    methods: MethodRegistrar(registry: registry, owner: name),
                    logger: pluginLogger, dispatcher: dispatcher, contributors: contributors,
                    access: entry.grants.map { PluginAccess(plugin: name, calls: $0.call) })
            })
    }

    private func run(_ plan: PluginPlan) async throws {
        try await loop.workers.run { [store] in
            try store.migrate(owner: "schedule", ScheduleEngine.migrations)
            try store.migrate(owner: CallMemory.owner, CallMemory.migrations)
            try store.migrate(owner: TokenSchema.owner, TokenSchema.migrations)
        }
        try await access.open(options.configuration.access, on: loop.workers)
        try await series.open()
        series.start()
        try CoreHandlers(self).bind()
        try await plugins.start(plan)
        try await Housekeeping(self).start(Scheduler(engine: schedule, owner: CoreMethods.owner))
    }

    /// Stops everything in the reverse order of the start; what was acknowledged stays.
    public func stop() async {
        events.endWaits()
        eventWaits.end()
        await plugins.stop()
        await schedule.stop()
        await series.stop()
        await access.close()
        await store.close()
        await loop.stop()
        // Handlers know the registry that holds them.
        registry.silence(owner: CoreMethods.owner)
        directory.unlock()
    }

    /// Changes over to a new configuration: validates it as a whole, then takes who may do what,
    /// gives each plugin whose settings changed the new ones, and has the transports read again.
    ///
    /// A rehearsal validates it just the same and says which plugins would get new settings.
    ///
    /// - Throws: ``PluginError``. A mistake in the configuration changes nothing; with the code
    ///   `reload_failed` all of it was taken except by the plugin that is named.
    public func reload(
        _ configuration: Configuration, isRehearsal: Bool = false
    ) async throws -> [String: PluginHost.Reloaded] {
        try await reload(
            configuration, isRehearsal: isRehearsal, as: .system, reason: "reload", call: nil)
    }

    func reload(
        _ configuration: Configuration, isRehearsal: Bool, as author: Principal, reason: String,
        call: CallName?
    ) async throws -> [String: PluginHost.Reloaded] {
        let plan = try PluginPlan(
            available: options.available, provided: options.provided,
            configurations: configuration.plugins)
        let rules = try await access.rules(of: configuration.access, on: loop.workers)
        if isRehearsal { return outlook(configuration, await plugins.outlook(for: plan)) }
        let (outcome, failure) = await changeOver(to: plan, rules)
        try await store.write(as: author, reason: reason, call: call) { transaction in
            try transaction.audit(
                "reload", nil, before: nil, after: nil,
                outcome: failure?.code.rawValue ?? AuditRow.success)
        }
        if let failure { throw failure }
        return outlook(configuration, outcome)
    }

    /// Some of it is read at the start only; a change that is not taken must not go unsaid.
    private func outlook(
        _ configuration: Configuration, _ plugins: [String: PluginHost.Reloaded]
    ) -> [String: PluginHost.Reloaded] {
        var outcome = plugins
        if configuration.core != options.configuration.core { outcome["core"] = .needsRestart }
        if configuration.server != options.configuration.server {
            outcome["server"] = .needsRestart
        }
        return outcome
    }

    /// Who may do what comes first, and no failure keeps the rest from being taken.
    private func changeOver(
        to plan: PluginPlan, _ rules: AccessRules
    ) async -> ([String: PluginHost.Reloaded], PluginError?) {
        access.take(rules)
        var failure: PluginError?
        var outcome: [String: PluginHost.Reloaded] = [:]
        do throws(PluginError) {
            outcome = try await plugins.reload(plan)
        } catch {
            failure = PluginError(
                code: .reloadFailed, plugin: error.plugin, message: error.message)
        }
        for (transport, reload) in reloads.withLock({ $0 }) {
            do {
                try await reload()
            } catch {
                failure =
                    failure
                    ?? PluginError(code: .reloadFailed, plugin: transport, message: "\(error)")
            }
        }
        return (outcome, failure)
    }

    /// Calls a method without a socket.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` as a client would see it.
    public func call(
        _ method: String, _ params: JSON? = nil, as principal: Principal = .system
    ) async throws(RPCError) -> JSON {
        try await dispatcher.call(method, params, as: principal)
    }

    /// Adds a transport's counters to `system.stats`.
    public func addStatistics(of transport: String, _ read: @escaping @Sendable () -> JSON) {
        transports.withLock { $0[transport] = read }
    }

    /// Sets what a transport reads again at a reload, such as its certificates.
    public func setReload(
        of transport: String, _ reload: (@Sendable () async throws -> Void)?
    ) {
        reloads.withLock { $0[transport] = reload }
    }

    /// Takes a transport's counters out of `system.stats`, when it stops.
    public func removeStatistics(of transport: String) {
        transports.withLock { $0[transport] = nil }
    }

    var transportStatistics: [String: JSON] {
        transports.withLock { $0 }.mapValues { $0() }
    }

    var uptime: Duration { options.time.uptime() - startedUptime }
}
