internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Keeps the rules: evaluates each when its time comes, asks ``RuleEvaluation`` what follows, and
/// saves and announces what changed.
///
/// It is an actor on the loop; figures are read off it. An evaluation counts once it is saved: what
/// the store could not take is found again by the next one. One subject a file:
///
/// - `+Definitions`: create, update, delete
/// - `+Evaluating`: from figures to alerts
/// - `+Reading`: get, list, alerts, history, test
actor RuleService {
    /// What the service works with.
    struct Tools: Sendable {
        let store: Store
        let loop: EventLoop
        let time: any TimeSource
        let logger: Logger
        let reader: RuleReader
        let maintenance: MaintenanceBook
        let checks: MonitoringService
        /// Who acts when nobody called: the plugin.
        let author: Principal
    }

    nonisolated let tools: Tools
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        tools.loop.asUnownedSerialExecutor()
    }

    /// How many rules are evaluated at the same time: readers of the store are few.
    static let maxRuns = 4

    /// Runs between `start` and `stop`.
    var isRunning = false
    var rules: [Int: WatchedRule] = [:]
    var schedule = CheckSchedule()
    var alarm: Alarm?
    /// What is being done with a rule just now: an evaluation, or something that excludes one.
    var runs: [Int: Task<Void, Never>] = [:]
    /// The moments of evaluations whose time came meanwhile.
    var waiting: [Int: Moment] = [:]
    var punctuality = Punctuality()

    init(_ tools: Tools) { self.tools = tools }

    // MARK: - Life

    /// Takes the rules and their alerts up where the store has them and begins to evaluate.
    func start() async throws {
        let moment = moment
        let (stored, alerts) = try await tools.store.read { [logger = tools.logger] tx in
            (
                try tx.records(of: "monitoring_rule", logger, StoredRule.init(row:)),
                try tx.records(of: "monitoring_alert", by: "rule_id", logger) {
                    try StoredAlert(row: $0, at: moment)
                }
            )
        }
        for rule in stored { rules[rule.id] = WatchedRule(stored: rule) }
        for alert in alerts { rules[alert.rule]?.alerts[alert.labels] = alert.status }
        isRunning = true
        for id in rules.keys.sorted() { schedule(id) }
        pump()
    }

    /// Ends all evaluations.
    func stop() async {
        isRunning = false
        alarm?.token.cancel()
        alarm = nil
        for run in runs.values { run.cancel() }
        while let run = runs.values.first { await run.value }
    }

    var moment: Moment { Moment(now: tools.time.now(), uptime: tools.time.uptime()) }

    // MARK: - The schedule

    /// Gives a rule its place in its interval, unless it rests.
    func schedule(_ id: Int) {
        schedule.remove(id)
        guard isRunning, let rule = rules[id]?.stored.definition, !rule.paused else { return }
        schedule.add(id, every: rule.interval, now: tools.time.uptime())
    }

    /// Starts what is due and sets the timer for what comes next.
    func pump() {
        guard isRunning else { return }
        let now = tools.time.uptime()
        for due in schedule.takeDue(at: now, limit: Self.maxRuns - runs.count) {
            punctuality.record(due.lateness)
            begin(due.id, lateness: due.lateness)
        }
        let next = runs.count < Self.maxRuns ? schedule.nextDue : nil
        guard alarm?.due != next else { return }
        alarm?.token.cancel()
        alarm = next.map { due in
            let token = tools.time.timer(on: tools.loop, after: max(.zero, due - now)) {
                [weak self] in self?.assumeIsolated { $0.ring(due) }
            }
            return Alarm(due: due, token: token)
        }
    }

    private func ring(_ due: Duration) {
        // One that was replaced while it was on its way does not count.
        guard alarm?.due == due else { return }
        alarm = nil
        pump()
    }
}
