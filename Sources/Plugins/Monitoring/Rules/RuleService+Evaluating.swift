internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// From figures to alerts.
extension RuleService {
    /// Begins an evaluation, unless the rule is being evaluated.
    ///
    /// It is about the moment for which it was planned: waits that are as long as some intervals
    /// would else depend on how late the first and the last of them came.
    func begin(_ id: Int, lateness: Duration) {
        guard runs[id] == nil, let rule = rules[id]?.stored else { return }
        let now = moment
        let planned = Moment(now: now.now - lateness, uptime: now.uptime - lateness)
        runs[id] = Task(executorPreference: tools.loop) {
            await self.evaluate(rule, at: planned)
            await self.end(id)
        }
    }

    private func end(_ id: Int) {
        runs[id] = nil
        schedule.finish(id, now: tools.time.uptime(), retryAfter: nil)
        pump()
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
            RuleEvaluation.step(known, readings, at: moment, by: rule.definition)
        }
        try await save(from: known, to: after, of: rule, at: moment.now)
    }

    /// Tells people what has not been told because of a maintenance that is over.
    func reconcile() async {
        for (id, watched) in rules where runs[id] == nil && !watched.stored.definition.paused {
            let isWaiting = watched.alerts.values.contains { $0.announced != $0.wanted }
            guard isWaiting else { continue }
            do {
                try await save(
                    from: watched.alerts, to: watched.alerts, of: watched.stored,
                    at: tools.time.now())
            } catch {
                note("\(error)", of: id)
            }
        }
    }

    /// Saves the way from some alerts to others, announces what may be, and takes the others over.
    private func save(
        from known: [Labels: AlertStatus], to after: [Labels: AlertStatus], of rule: StoredRule,
        at now: Instant
    ) async throws {
        let covered = await suppressed(after, of: rule, at: now)
        let changes = try await tools.loop.workers.run {
            Self.changes(known, after, rule.definition, covered)
        }
        if !changes.isEmpty {
            try await tools.store.write(as: tools.author, reason: "rule \(rule.definition.name)") {
                try RuleWriter.write(changes, of: rule.id, in: $0)
            }
        }
        guard var watched = current(rule) else { return }
        for (labels, status) in after { watched.alerts[labels] = status }
        for change in changes { watched.alerts[change.labels] = change.isLast ? nil : change.new }
        rules[rule.id] = watched
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

    // MARK: - Changes

    /// What the store has to know, in the order of the labels.
    private static func changes(
        _ known: [Labels: AlertStatus], _ after: [Labels: AlertStatus], _ rule: RuleDefinition,
        _ suppressed: Set<Labels>
    ) -> [AlertChange] {
        Set(known.keys).union(after.keys).sorted().compactMap { labels in
            let old = known[labels]
            let isSuppressed = suppressed.contains(labels)
            let new = AlertRules.announce(
                after[labels] ?? AlertStatus(announced: old?.announced ?? .ok),
                isSuppressed: isSuppressed)
            let isLast = !RuleEvaluation.isRemembered(new, by: rule)
            if old == nil, isLast { return nil }
            guard isLast || !new.isSaved(as: old) else { return nil }
            return AlertChange(
                labels: labels, old: old ?? AlertStatus(), new: new, isLast: isLast,
                isSuppressed: isSuppressed)
        }
    }

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
