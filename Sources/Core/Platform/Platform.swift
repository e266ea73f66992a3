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
    /// The plugins.
    public let plugins: PluginHost
    /// The folder that holds everything.
    public let directory: DataDirectory
    let options: Options
    let startedAt: Instant
    private let startedUptime: Duration
    private let schedule: ScheduleEngine
    private let transports = Guarded<[String: @Sendable () -> JSON]>([:])

    /// What a platform is made of.
    public struct Options: Sendable {
        /// The data folder.
        public var dataDirectory: String
        /// What `plugins.json` says.
        public var configuration: Configuration
        /// The plugins that there are, whether enabled or not.
        public var available: [any Plugin.Type]
        /// The clock.
        public var time: any TimeSource
        /// The log.
        public var logger: Logger
        /// OpsLoop's version, for `system.info`.
        public var version: String
        /// Reads the configuration anew, for `system.reload`; throws what is wrong with it.
        public var readConfiguration: (@Sendable () throws -> Configuration)?

        /// Makes options.
        public init(
            dataDirectory: String, configuration: Configuration, available: [any Plugin.Type],
            time: any TimeSource = SystemTime(), logger: Logger, version: String,
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

    /// Starts a platform: opens the store, recovers the metrics, starts the plugins.
    ///
    /// - Throws: ``PluginError`` for a mistake in the configuration, before anything is opened;
    ///   ``DataDirectoryError``, ``StoreError`` or ``LoopError`` when the world does not play along.
    public static func start(_ options: Options) async throws -> Platform {
        let plan = try PluginPlan(
            available: options.available, configurations: options.configuration.plugins)
        let platform = try Platform(options)
        do {
            try await platform.run(plan)
        } catch {
            await platform.stop()
            throw error
        }
        return platform
    }

    private init(_ options: Options) throws {
        self.options = options
        let (time, logger) = (options.time, options.logger)
        directory = try DataDirectory(options.dataDirectory)
        store = try Store.open(path: directory.path + "/opsloop.db", time: time, logger: logger)
        loop = try EventLoop()
        loop.start()
        var settings = SeriesSettings()
        settings.retention = .seconds(86_400 * options.configuration.core.metricRetentionDays)
        series = Series(store: store, time: time, loop: loop, settings: settings, logger: logger)
        events = EventBus(store: store, loop: loop, logger: logger)
        schedule = ScheduleEngine(store: store, time: time, loop: loop, logger: logger)
        registry = MethodRegistry()
        dispatcher = Dispatcher(registry: registry, loop: loop, time: time, logger: logger)
        startedAt = time.now()
        startedUptime = time.uptime()
        plugins = PluginHost(
            loop: loop, registry: registry, store: store, time: time, logger: logger,
            makeContext: {
                [loop, store, series, events, schedule, registry, dispatcher] (name: String) in
                var pluginLogger = logger
                pluginLogger[metadataKey: "plugin"] = "\(name)"
                return PluginContext(
                    name: name, loop: loop, store: store, series: series, events: events,
                    time: time, schedule: Scheduler(engine: schedule, owner: name),
                    methods: MethodRegistrar(registry: registry, owner: name),
                    logger: pluginLogger, dispatcher: dispatcher)
            })
    }

    private func run(_ plan: PluginPlan) async throws {
        try await loop.workers.run { [store] in
            try store.migrate(owner: "schedule", ScheduleEngine.migrations)
        }
        try await series.open()
        series.start()
        try CoreHandlers(self).bind()
        try await plugins.start(plan)
        try await Housekeeping(self).start(Scheduler(engine: schedule, owner: CoreMethods.owner))
    }

    /// Stops everything in the reverse order of the start; what was acknowledged stays.
    public func stop() async {
        events.endWaits()
        await plugins.stop()
        await schedule.stop()
        await series.stop()
        await store.close()
        await loop.stop()
        // Handlers know the registry that holds them.
        registry.silence(owner: CoreMethods.owner)
        directory.unlock()
    }

    /// Changes over to a new configuration: validates it as a whole, then gives each plugin whose
    /// settings changed the new ones.
    ///
    /// - Throws: ``PluginError``; a mistake changes nothing.
    public func reload(
        _ configuration: Configuration
    ) async throws -> [String: PluginHost.Reloaded] {
        let plan = try PluginPlan(
            available: options.available, configurations: configuration.plugins)
        var outcome = try await plugins.reload(plan)
        // These are read at the start only; a change that is not taken must not go unsaid.
        if configuration.core != options.configuration.core { outcome["core"] = .needsRestart }
        if configuration.server != options.configuration.server {
            outcome["server"] = .needsRestart
        }
        return outcome
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

    /// Takes a transport's counters out of `system.stats`, when it stops.
    public func removeStatistics(of transport: String) {
        transports.withLock { $0[transport] = nil }
    }

    var transportStatistics: [String: JSON] {
        transports.withLock { $0 }.mapValues { $0() }
    }

    var uptime: Duration { options.time.uptime() - startedUptime }
}
