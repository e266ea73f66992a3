internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Keeps the checks: runs each when its time comes, judges the results by ``CheckRules``, saves
/// what changed and answers for all of it.
///
/// It is an actor on the loop. Everything about checks is in memory; the store holds what must
/// survive: definitions, states with their soft attempts, the history. One subject a file:
///
/// - `+Definitions`: create, update, delete, pause, and the list of `plugins.json`
/// - `+Desired`: targets, templates, and what they make together
/// - `+Dependencies`: what may depend on what
/// - `+Running`: the one timer, the runs, the concurrency limit
/// - `+Results`: from a result to a state
/// - `+Announcing`: from a state to what people are told
/// - `+Reachability`: what depends on what
/// - `+Saving`: from a state to the store
/// - `+Passive`: heartbeats
/// - `+Composite`: checks that others decide about
/// - `+Testing`: definitions that are run once
/// - `+Reading`: get, list, history, statistics
actor MonitoringService {
    /// What the service works with.
    struct Tools: Sendable {
        let store: Store
        let loop: EventLoop
        let time: any TimeSource
        let logger: Logger
        let metrics: CheckMetrics
        let probes: ProbePool
        let catalog: CheckCatalog
        let maintenance: MaintenanceBook
        /// Who acts when nobody called: the plugin.
        let author: Principal

        /// What checks are written by.
        var writer: CheckWriter { CheckWriter(catalog: catalog, logger: logger) }
    }

    nonisolated let tools: Tools
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        tools.loop.asUnownedSerialExecutor()
    }

    var limits: CheckLimits
    /// Runs between `start` and `stop`.
    var isRunning = false
    var checks = CheckTable()
    /// Rises when a check comes, goes, or is called or labelled otherwise.
    var definitionsMark = 0
    /// The checks that say which item they belong to; see ``checks(labelled:)``.
    var itemLabels: ItemLabels?
    /// The checks that no template makes, by name.
    var ids: [String: Int] = [:]
    var watchlist = Watchlist()
    /// Changes of targets and templates are planned and carried out one after the other.
    let turns = SerialWork()

    /// The checks that others decide about, and those that are being decided just now.
    var composites: Set<Int> = []
    var deciding: Set<Int> = []
    /// What composites select, kept because each hard state of a member asks for it.
    var selections: [Int: Selection] = [:]

    var schedule = CheckSchedule()
    var alarm: Alarm?
    var runs: [Int: Task<Void, Never>] = [:]
    /// Definitions that are tried out just now.
    var trials: Set<Task<CheckResult, Never>> = []
    var punctuality = Punctuality()
    /// How many planned runs have begun.
    var begun = 0

    /// What waits to be saved, and what is on the way to the disk just now.
    var unsaved: [Int: UnsavedCheck] = [:]
    var saving: [Int: UnsavedCheck] = [:]
    var saver: Task<Void, Never>?
    var saveFailures = 0

    /// Who depends on whom by parents, which composites name whom, and the children that wait for a
    /// look at a parent.
    var dependents = Dependents()
    var counted = Dependents()
    var awaited: [Int: Set<Int>] = [:]
    /// Orders looks and failures; see ``Kinship``.
    var ticks: UInt64 = 0
    /// Timers of announcements that are held back for a time.
    var reviews: [Int: any TimerToken] = [:]

    var housekeeping: (any TimerToken)?
    var cleaning: Task<Void, Never>?

    init(_ tools: Tools, limits: CheckLimits) {
        self.tools = tools
        self.limits = limits
    }

    // MARK: - Life

    /// Takes the checks up where the store has them, brings those of the file up to date and
    /// begins to run them.
    func start(_ desired: [CheckDefinition]) async throws {
        let reader = reader(limits)
        let stored = try await tools.store.read { [logger = tools.logger] tx in
            try StoredChecks(tx, reader, logger)
        }
        await delete(orphans: stored.orphans)
        watchlist = stored.watchlist
        checks.reserve(stored.checks.count)
        for check in stored.checks { take(up: check) }
        try await apply(desired)
        isRunning = true
        for id in checks.ids.sorted() { schedule(id, on: .start) }
        takeUpAnnouncements()
        keepHouse()
        pump()
    }

    private func delete(orphans: Set<Int>) async {
        guard !orphans.isEmpty else { return }
        do {
            try await tools.store.write(as: tools.author, reason: "checks of what is gone") { tx in
                for id in orphans.sorted() { try CheckWriter.deleteMade(id, in: tx) }
            }
            tools.logger.notice(
                "checks of what is gone are deleted", metadata: ["checks": "\(orphans.count)"])
        } catch {
            // They do no harm until the next start: who needs the name of one takes it.
            tools.logger.error("checks of what is gone are left", metadata: ["error": "\(error)"])
        }
    }

    /// Ends all runs, whose results no longer count, and saves what is still to be saved.
    func stop() async {
        isRunning = false
        alarm?.token.cancel()
        alarm = nil
        for review in reviews.values { review.cancel() }
        reviews = [:]
        housekeeping?.cancel()
        housekeeping = nil
        for run in runs.values { run.cancel() }
        for trial in trials { trial.cancel() }
        while let run = runs.values.first { await run.value }
        for trial in trials { _ = await trial.value }
        await cleaning?.value
        await saver?.value
        await saveRest()
    }

    /// Changes over to a new list of the file and new limits; checks that stay keep their times.
    func reload(_ desired: [CheckDefinition], limits: CheckLimits) async throws {
        self.limits = limits
        try await apply(desired)
        pump()
    }

    /// Takes a check into memory; one that cannot be read any more is kept and says so.
    func take(up stored: StoredCheck) {
        let check = WatchedCheck(stored, kind: isReadLater(stored) ? nil : kind(of: stored))
        checks.insert(check)
        enter(stored)
        noteComposite(check)
        if stored.definition.mayNeedOthers { noteParents(of: stored.id) }
    }

    /// Reads the members of a check that is in the store.
    func kind(of stored: StoredCheck) -> any CheckKind {
        let definition = stored.definition
        do {
            _ = try definition.rules()
            return try tools.catalog.decode(definition.type, definition.members)
        } catch {
            tools.logger.error(
                "a stored check cannot be used",
                metadata: ["check": "\(definition.name)", "error": "\(error)"])
            return UnusableCheck(reason: "\(error)")
        }
    }
}
