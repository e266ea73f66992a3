internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Keeps the maintenances: answers for them, announces their windows, and tells the checks when
/// what is covered has changed.
///
/// It is an actor on the loop. Whether something is covered the ``MaintenanceBook`` answers.
actor MaintenanceService {
    /// What the service works with.
    struct Tools: Sendable {
        let store: Store
        let loop: EventLoop
        let time: any TimeSource
        let logger: Logger
        let book: MaintenanceBook
        let checks: MonitoringService
        let rules: RuleService
        /// Who acts when nobody called: the plugin.
        let author: Principal
    }

    /// A maintenance in memory; one that cannot be read any more has no plan.
    struct Kept {
        var stored: StoredMaintenance
        var plan: MaintenancePlan?
    }

    nonisolated let tools: Tools
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        tools.loop.asUnownedSerialExecutor()
    }

    /// A clock that was set meanwhile is noticed within this time.
    private static let longestWait = Duration.seconds(30)

    var kept: [Int: Kept] = [:]
    /// Changes are planned from what is in memory and carried out one after the other.
    let turns = SerialWork()
    private var isRunning = false
    private var hasComplained = false
    private var alarm: (any TimerToken)?
    /// The look at the windows that is under way, for the timer and for `stop`.
    private(set) var looking: Task<Void, Never>?

    init(_ tools: Tools) { self.tools = tools }

    // MARK: - Life

    /// Takes the maintenances up, so that what they cover is known before the first check runs.
    func start() async throws {
        let stored = try await tools.store.read { [logger = tools.logger] tx in
            try tx.records(of: "monitoring_maintenance", logger, StoredMaintenance.init(row:))
        }
        for maintenance in stored { await take(up: maintenance) }
        isRunning = true
    }

    /// Begins to announce windows; called once the checks are there.
    func watch() async { await look() }

    /// Announces nothing any more.
    func stop() async {
        isRunning = false
        alarm?.cancel()
        alarm = nil
        await looking?.value
    }

    private func take(up stored: StoredMaintenance) async {
        do {
            follow(stored, try await plan(stored.definition))
        } catch {
            tools.logger.error(
                "a stored maintenance cannot be used",
                metadata: ["maintenance": "\(stored.definition.name)", "error": "\(error)"])
            follow(stored, nil)
        }
    }

    /// Reads a definition on a worker, since the file of a time zone is read with it.
    func plan(_ definition: MaintenanceDefinition) async throws -> MaintenancePlan {
        try await tools.loop.workers.run { try definition.plan() }
    }

    /// Takes a maintenance into memory as it is in the store.
    func follow(_ stored: StoredMaintenance, _ plan: MaintenancePlan?) {
        // Answers of two writes may overtake each other; the newer generation has been here then.
        if let known = kept[stored.id]?.stored, known.generation > stored.generation { return }
        kept[stored.id] = Kept(stored: stored, plan: plan)
        tools.book.set(stored.id, stored.cancelledAt == nil ? plan : nil)
    }

    // MARK: - Windows

    /// Announces what has begun and ended, tells the checks, and sets the timer for what is next.
    ///
    /// A store that cannot write keeps the announcement waiting for the next look; what is covered
    /// is right all the same.
    func look() async {
        guard isRunning else { return }
        let now = tools.time.now()
        let windows = tools.book.windows(at: now)
        let news = kept.values.map(\.stored).filter { windows[$0.id] != $0.running }
            .map { ($0.id, windows[$0.id]) }
        if !news.isEmpty {
            await write(news)
            await tellOthers()
        }
        setAlarm(lookedAt: now)
    }

    /// Lets those who announce look again.
    func tellOthers() async {
        await tools.checks.maintenanceChanged()
        await tools.rules.reconcile()
    }

    private func write(_ news: [(Int, MaintenanceWindow?)]) async {
        do {
            try await tools.store.write(as: tools.author, reason: "maintenance") { tx in
                for (id, window) in news {
                    try MaintenanceWriter.write(id, running: window, in: tx)
                }
            }
            for (id, window) in news { kept[id]?.stored.running = window }
            hasComplained = false
        } catch {
            if !hasComplained {
                tools.logger.error(
                    "windows of maintenance cannot be announced; they are tried again",
                    metadata: ["error": "\(error)"])
            }
            hasComplained = true
        }
    }

    /// - Parameter instant: Up to when everything has been seen: what changed since is next.
    private func setAlarm(lookedAt instant: Instant) {
        alarm?.cancel()
        alarm = nil
        guard isRunning, !kept.isEmpty else { return }
        let now = tools.time.now()
        let wait = tools.book.nextChange(after: instant).map { $0 - now } ?? Self.longestWait
        let bounded = max(.milliseconds(1), min(wait, Self.longestWait))
        alarm = tools.time.timer(on: tools.loop, after: bounded) { [weak self] in
            self?.assumeIsolated { service in
                service.looking = Task { await service.look() }
            }
        }
    }
}
