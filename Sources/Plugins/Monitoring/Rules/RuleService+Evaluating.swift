internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// From figures to alerts.
extension RuleService {
    /// Begins an evaluation, or sees to it that one follows what is being done with the rule.
    ///
    /// It is about the moment for which it was planned: waits that are as long as some intervals
    /// would else depend on how late the first and the last of them came.
    func begin(_ id: Int, lateness: Duration) {
        let now = moment
        begin(id, at: Moment(now: now.now - lateness, uptime: now.uptime - lateness))
    }

    private func begin(_ id: Int, at planned: Moment) {
        guard let rule = rules[id]?.stored, !rule.definition.paused else { return }
        guard runs[id] == nil else {
            waiting[id] = planned
            return
        }
        runs[id] = Task(executorPreference: tools.loop) {
            await self.evaluate(rule, at: planned)
            await self.end(id)
        }
    }

    private func end(_ id: Int) {
        runs[id] = nil
        if isRunning, let planned = waiting.removeValue(forKey: id) {
            begin(id, at: planned)
        } else {
            schedule.finish(id, now: tools.time.uptime(), retryAfter: nil)
        }
        pump()
    }

    /// Does something about the alerts of a rule while nobody evaluates it.
    func hold<T: Sendable>(
        _ id: Int, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        while let run = runs[id] { await run.value }
        let task = Task(executorPreference: tools.loop) { try await work() }
        runs[id] = Task(executorPreference: tools.loop) {
            _ = await task.result
            await self.end(id)
        }
        return try await task.value
    }

    private func evaluate(_ rule: StoredRule, at moment: Moment) async {
        do {
            let readings = try await tools.reader.readings(of: rule.definition, at: moment.now)
            try await take(readings, of: rule, at: moment)
            note(nil, of: rule.id)
        } catch is CancellationError {
            // The service stops; alerts stay as they are saved.
        } catch {
            note("\(error)", of: rule.id)
        }
    }

    /// Takes an evaluation's figures in: what changes is saved first and remembered afterwards.
    private func take(
        _ readings: [Labels: Double], of rule: StoredRule, at moment: Moment
    ) async throws {
        guard isRunning, let known = current(rule)?.alerts else { return }
        // A rule may have a hundred thousand alerts.
        let after = try await tools.loop.workers.run {
            try RuleEvaluation.step(known, readings, at: moment, by: rule.definition)
        }
        try await save(from: known, to: after, of: rule, at: moment.now)
    }

    /// Tells people what has not been told because of a maintenance that is over.
    func reconcile() async {
        for id in rules.keys.sorted() where isRunning && hasUntold(id) {
            do {
                try await hold(id) { try await self.tell(id) }
            } catch {
                note("\(error)", of: id)
            }
        }
    }

    private func tell(_ id: Int) async throws {
        // Looked at again: an evaluation may have come first.
        guard hasUntold(id), let watched = rules[id] else { return }
        try await save(
            from: watched.alerts, to: watched.alerts, of: watched.stored, at: tools.time.now())
    }

    private func hasUntold(_ id: Int) -> Bool {
        guard let watched = rules[id], !watched.stored.definition.paused else { return false }
        return watched.alerts.values.contains { $0.announced != $0.wanted }
    }

    /// Saves the way from some alerts to others, announces what may be, and takes the others over.
    private func save(
        from known: [Labels: AlertStatus], to after: [Labels: AlertStatus], of rule: StoredRule,
        at now: Instant
    ) async throws {
        let covered = await suppressed(after, of: rule, at: now)
        let (changes, alerts) = try await tools.loop.workers.run {
            RuleEvaluation.changes(
                from: known, to: after, by: rule.definition, suppressed: covered)
        }
        var isCurrent = true
        if !changes.isEmpty {
            isCurrent = try await tools.store.write(
                as: tools.author, reason: "rule \(rule.definition.name)"
            ) { try RuleWriter.write(changes, of: rule, in: $0) }
        }
        // Changed since, it may look elsewhere: then these alerts were ended with the change.
        guard isCurrent, let now = rules[rule.id]?.stored.definition,
            now.sees(sameAs: rule.definition)
        else { return }
        rules[rule.id]?.alerts = alerts
    }

    /// The rule in memory, unless it was changed since; its next evaluation is about the new one.
    private func current(_ rule: StoredRule) -> WatchedRule? {
        rules[rule.id].flatMap { $0.stored.generation == rule.generation ? $0 : nil }
    }

    private func note(_ error: String?, of id: Int) {
        guard var watched = rules[id] else { return }
        if let error, watched.error == nil {
            tools.logger.warning(
                "a rule cannot be evaluated; its alerts stay as they are",
                metadata: ["rule": "\(watched.stored.definition.name)", "error": "\(error)"])
        }
        watched.error = error
        if error == nil { watched.lastEvaluatedAt = tools.time.now() }
        rules[id] = watched
    }

    // MARK: - Maintenance

    /// The alerts of a rule that a maintenance covers.
    private func suppressed(
        _ alerts: [Labels: AlertStatus], of rule: StoredRule, at now: Instant
    ) async -> Set<Labels> {
        guard tools.maintenance.isAnyActive(at: now) else { return [] }
        var covered: Set<Labels> = []
        for (labels, status) in alerts where status.announced != status.wanted {
            let check = labels["check"]
            let lineage = await tools.checks.lineage(ofCheck: check)
            var subject = MaintenanceSubject(
                labels: rule.definition.labels(of: labels), lineage: lineage)
            subject.labels["rule"] = rule.definition.name
            subject.labels["severity"] = rule.definition.severity.rawValue
            if !tools.maintenance.covering(subject, at: now).isEmpty { covered.insert(labels) }
        }
        return covered
    }
}
