internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Keeps the SLOs: counts each minute what was good, keeps that, and tells when a budget burns.
///
/// It is an actor on the loop; series are read off it. Checks are looked at every ten seconds in
/// memory, the other indicators are counted a few seconds after each minute.
actor SLOService {
    /// What the service works with.
    struct Tools: Sendable {
        let store: Store
        let loop: EventLoop
        let time: any TimeSource
        let logger: Logger
        let reader: SLOReader
        let maintenance: MaintenanceBook
        let checks: MonitoringService
        /// Who acts when nobody called: the plugin.
        let author: Principal
    }

    /// How often checks are looked at.
    private static let tick = Duration.seconds(10)
    /// How long after a minute its last samples may come.
    private static let grace = Duration.seconds(5)
    /// How long a pause may be that is made up for, where what happened lies in series.
    private static let maxArrears = Duration.seconds(3600)
    /// How many minutes of an SLO are counted before checks are looked at again.
    private static let maxMinutes = 10

    nonisolated let tools: Tools
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        tools.loop.asUnownedSerialExecutor()
    }

    private var isRunning = false
    var slos: [Int: WatchedSLO] = [:]
    /// The checks as they were when it was last found out which are counted.
    private var definitionsMark = 0
    private var alarm: (any TimerToken)?
    private(set) var counting: Task<Void, Never>?

    init(_ tools: Tools) { self.tools = tools }

    // MARK: - Life

    /// Takes the SLOs up with what was counted for them.
    func start() async throws {
        let stored = try await tools.store.read { [logger = tools.logger] tx in
            try tx.records(of: "monitoring_slo", logger, StoredSLO.init(row:))
        }
        let (ledgers, failure) = await ledgers(of: stored)
        for slo in stored {
            var watched = WatchedSLO(slo)
            if let ledger = ledgers[slo.id] { watched.take(ledger) }
            watched.error = failure
            // How checks were while nobody looked at them nobody can tell.
            if watched.countsChecks { watched.next = tools.time.now().minute }
            slos[slo.id] = watched
        }
        isRunning = true
        setAlarm()
    }

    /// What was counted for SLOs.
    ///
    /// When it cannot be read, they begin anew and say so: budgets that cannot be told must not keep
    /// checks from running.
    private func ledgers(of slos: [StoredSLO]) async -> ([Int: SLOLedger], failure: String?) {
        do {
            return (try await tools.reader.ledgers(slos, at: tools.time.now()), nil)
        } catch {
            tools.logger.error(
                "what was counted for error budgets cannot be read; they begin anew",
                metadata: ["error": "\(error)"])
            return ([:], "\(error)")
        }
    }

    /// Counts no more.
    func stop() async {
        isRunning = false
        alarm?.cancel()
        alarm = nil
        await counting?.value
    }

    private func setAlarm() {
        alarm = tools.time.timer(on: tools.loop, after: Self.tick) { [weak self] in
            self?.assumeIsolated { $0.ring() }
        }
    }

    private func ring() {
        guard isRunning else { return }
        setAlarm()
        // A round that takes longer than the tick is not chased by another one.
        guard counting == nil else { return }
        counting = Task {
            await self.round()
            self.counting = nil
        }
    }

    // MARK: - Counting

    /// Looks at the checks, and counts the minutes that are over.
    private func round() async {
        await lookAtChecks()
        let present = (tools.time.now() - Self.grace).minute
        var changes: [SLOWriter.Change] = []
        for id in slos.keys.sorted() where isRunning {
            if await count(id, before: present) || hasUntold(id) { changes += judge(id) }
        }
        await save(changes)
    }

    private func lookAtChecks() async {
        guard slos.values.contains(where: \.countsChecks) else { return }
        await findChecks()
        for (id, watched) in slos {
            guard
                case .checks(_, let bad, let countsMaintenance) = watched.stored.definition
                    .indicator, let checks = watched.checks
            else { continue }
            let counts = await tools.checks.tally(
                checks, bad: bad, countsMaintenance: countsMaintenance)
            // It may mean something else by now.
            guard slos[id]?.stored.revision == watched.stored.revision else { continue }
            slos[id]?.current += counts
        }
    }

    /// Finds out which checks each SLO counts, when checks or SLOs have changed.
    ///
    /// Selectors are held against all checks on a worker: there may be many of both.
    private func findChecks() async {
        guard slos.values.contains(where: { $0.selector != nil }) else { return }
        let known = await tools.checks.definitionsMark
        let isNew = known != definitionsMark
        let selectors = slos.filter { isNew || $0.value.checks == nil }.compactMapValues(\.selector)
        guard !selectors.isEmpty else { return }
        let (mark, all) = await tools.checks.definitions()
        let found = try? await tools.loop.workers.run {
            let subjects = all.map {
                ($0.id, MaintenanceSubject($0.definition, lineage: []).labels)
            }
            return selectors.mapValues { selector in
                subjects.filter { selector.accepts($0.1) }.map { $0.0 }
            }
        }
        // A pool that refuses is asked again at the next look.
        guard let found else { return }
        // Otherwise the other SLOs have not been held against what is newer.
        if isNew { definitionsMark = mark }
        for (id, checks) in found where slos[id]?.selector == selectors[id] {
            slos[id]?.checks = checks
        }
    }

    /// Counts the minutes of an SLO that are over, and answers whether there was one.
    ///
    /// A minute that cannot be read is tried again with the next round, and those after it wait.
    private func count(_ id: Int, before present: Instant) async -> Bool {
        var counted = 0
        do {
            while counted < Self.maxMinutes, isRunning, let minute = due(id, before: present) {
                try await count(minute, of: id)
                counted += 1
                slos[id]?.error = nil
            }
        } catch {
            slos[id]?.error = "\(error)"
        }
        return counted > 0
    }

    /// The next minute to be counted, if it is over.
    private func due(_ id: Int, before present: Instant) -> Instant? {
        guard let watched = slos[id] else { return nil }
        guard watched.next <= present + .seconds(60) else {
            // The clock was set back.
            slos[id]?.next = present
            return nil
        }
        // What is known of checks is how they were since the last minute was counted.
        let arrears = watched.countsChecks ? Duration.seconds(60) : Self.maxArrears
        let minute = max(watched.next, present - arrears)
        return minute < present ? minute : nil
    }

    private func count(_ minute: Instant, of id: Int) async throws {
        guard let slo = slos[id]?.stored else { return }
        let found = try await tools.reader.counts(slo.definition.indicator, in: minute)
        // It may have been changed while it was read.
        guard var watched = slos[id], watched.stored.revision == slo.revision else { return }
        let counts = found ?? watched.current
        watched.current = .none
        watched.add(counts, at: minute)
        slos[id] = watched
        let left = SLORules.budgetLeft(watched.figures.counts, slo.definition)
        try tools.reader.keep(counts, left: left, of: slo, at: minute)
    }

    /// Whether an alert waits for a maintenance to be over.
    private func hasUntold(_ id: Int) -> Bool {
        slos[id]?.alerts.contains { $0.announced != $0.wanted } ?? false
    }

    /// Asks the rules about the four alerts.
    private func judge(_ id: Int) -> [SLOWriter.Change] {
        guard let watched = slos[id] else { return [] }
        let slo = watched.stored.definition
        let moment = Moment(now: tools.time.now(), uptime: tools.time.uptime())
        let isSuppressed = isInMaintenance(slo, at: moment.now)
        return SLORules.burns.indices.compactMap { index in
            let old = watched.alerts[index]
            let rule = SLORules.rule(SLORules.burns[index], of: slo)
            let new = AlertRules.announce(
                AlertRules.step(
                    old, watched.figures.burns[index].slower, at: moment, by: rule),
                isSuppressed: isSuppressed)
            guard new.announced != old.announced else {
                slos[id]?.alerts[index] = new
                return nil
            }
            var shown = watched
            shown.alerts[index] = new
            return SLOWriter.Change(
                id: id, burn: index, since: new.firingSince, status: SLOStatus(shown), alert: new)
        }
    }

    private func isInMaintenance(_ slo: SLODefinition, at now: Instant) -> Bool {
        guard tools.maintenance.isAnyActive(at: now) else { return false }
        var labels = slo.labels
        labels["slo"] = slo.name
        let subject = MaintenanceSubject(labels: labels, lineage: [])
        return !tools.maintenance.covering(subject, at: now).isEmpty
    }

    /// Saves what the alerts do; what the store cannot take is found again a minute later.
    private func save(_ changes: [SLOWriter.Change]) async {
        guard !changes.isEmpty else { return }
        do {
            try await tools.store.write(as: tools.author, reason: "error budgets") { tx in
                for change in changes { try SLOWriter.write(change, in: tx) }
            }
            for change in changes { slos[change.id]?.alerts[change.burn] = change.alert }
        } catch {
            tools.logger.error(
                "alerts of error budgets cannot be saved; they are tried again",
                metadata: ["error": "\(error)"])
        }
    }
}
