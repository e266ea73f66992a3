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
    /// How many minutes are made up for after a pause.
    private static let maxArrears = 60

    nonisolated let tools: Tools
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        tools.loop.asUnownedSerialExecutor()
    }

    private var isRunning = false
    var slos: [Int: WatchedSLO] = [:]
    /// The minute that is being watched.
    private var minute: Instant?
    /// The checks as they were when it was last found out which are counted.
    private var definitionsMark = 0
    private var alarm: (any TimerToken)?
    private(set) var counting: Task<Void, Never>?

    init(_ tools: Tools) { self.tools = tools }

    // MARK: - Life

    /// Takes the SLOs up with what was counted for them.
    func start() async throws {
        let stored = try await tools.store.read { tx in
            try tx.rows("SELECT * FROM monitoring_slo ORDER BY id").map(StoredSLO.init(row:))
        }
        let ledgers =
            stored.isEmpty ? [:] : try await tools.reader.ledgers(stored, at: tools.time.now())
        for slo in stored {
            var watched = WatchedSLO(slo)
            if let ledger = ledgers[slo.id] { watched.take(ledger) }
            slos[slo.id] = watched
        }
        minute = Self.minute(of: tools.time.now())
        isRunning = true
        setAlarm()
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
        let over = Self.minute(of: tools.time.now() - Self.grace)
        guard let watched = minute else { return }
        // After a clock that was set back, or a long sleep, there is nothing to make up for.
        let arrears = (over - watched) / .seconds(60)
        guard 0...Double(Self.maxArrears) ~= arrears else {
            minute = over
            return
        }
        var next = watched
        while next < over, isRunning {
            await count(next)
            next += .seconds(60)
        }
        minute = next
    }

    private func lookAtChecks() async {
        await findChecks()
        for (id, watched) in slos {
            guard
                case .checks(_, let bad, let countsMaintenance) = watched.stored.definition
                    .indicator, let checks = watched.checks
            else { continue }
            let counts = await tools.checks.tally(
                checks, bad: bad, countsMaintenance: countsMaintenance)
            slos[id]?.current += counts
        }
    }

    /// Finds out which checks each SLO counts, when checks or SLOs have changed.
    ///
    /// Selectors are held against all checks on a worker: there may be many of both.
    private func findChecks() async {
        let known = await tools.checks.definitionsMark
        let isNew = known != definitionsMark
        let selectors = slos.filter { isNew || $0.value.checks == nil }.compactMapValues(\.selector)
        guard !selectors.isEmpty else { return }
        let (mark, all) = await tools.checks.definitions
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
        definitionsMark = mark
        for (id, checks) in found { slos[id]?.checks = checks }
    }

    private func count(_ minute: Instant) async {
        var changes: [SLOWriter.Change] = []
        for id in slos.keys.sorted() {
            do {
                try await count(minute, of: id)
                slos[id]?.error = nil
            } catch {
                slos[id]?.error = "\(error)"
            }
            changes += judge(id)
        }
        await save(changes)
    }

    private func count(_ minute: Instant, of id: Int) async throws {
        guard let slo = slos[id]?.stored, minute + .seconds(60) > slo.countedSince else { return }
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

    private static func minute(of instant: Instant) -> Instant {
        let number = (Double(instant.milliseconds) / 60_000).rounded(.down)
        return Instant(milliseconds: Int64(number) * 60_000)
    }
}
