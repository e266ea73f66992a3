internal import OpsCore
internal import OpsJSONRPC

/// From a state to what people are told, as ``AnnouncementRules`` decide.
extension MonitoringService {
    /// What keeps people from being told of a check just now, but for its flapping.
    func suppressions(of check: WatchedCheck) -> Set<Suppression> {
        var suppressions: Set<Suppression> = []
        if isBehindSomethingDead(check) {
            suppressions.insert(.unreachable)
        } else if isWaitingForParents(check) {
            suppressions.insert(.parentCheck)
        }
        if isInMaintenance(check.stored.id, at: tools.time.now()) {
            suppressions.insert(.maintenance)
        }
        if let until = check.firingUntil, tools.time.uptime() < until {
            suppressions.insert(.keepFiring)
        }
        return suppressions
    }

    /// What people have to be told of a check.
    func outcome(
        of check: WatchedCheck, before: CheckState, isRepeated: Bool = false
    ) -> AnnouncementRules.Outcome {
        if AnnouncementRules.isQuiet(check.status, before: before, isRepeated: isRepeated) {
            return AnnouncementRules.Outcome(status: check.status)
        }
        return AnnouncementRules.outcome(
            of: check.status, before: before, isRepeated: isRepeated,
            suppressions: suppressions(of: check))
    }

    /// Looks again what people have to be told about checks, because what suppresses their
    /// announcements may have changed.
    func reconcile(_ ids: some Sequence<Int>) {
        for id in ids { reconcile(id) }
    }

    private func reconcile(_ id: Int) {
        guard var check = checks[id] else { return }
        let old = check.status
        let outcome = outcome(of: check, before: old.hardState)
        check.status = outcome.status
        checks[id] = check
        if outcome.isNews(after: old) {
            save(news(outcome, of: check, at: tools.time.now()), of: id)
        }
        watch(check)
    }

    /// Sees to it that what holds an announcement back for a time is looked at when the time is
    /// up.
    func watch(_ check: WatchedCheck) {
        let id = check.stored.id
        let suppressedBy = check.status.suppressedBy
        guard !suppressedBy.isEmpty || !reviews.isEmpty else { return }
        if suppressedBy.contains(.parentCheck) { waitForParents(of: id) }
        var due: [Duration] = []
        if suppressedBy.contains(.keepFiring), let until = check.firingUntil { due.append(until) }
        if suppressedBy.contains(.parentCheck), let until = checks[id]?.kinship?.waitsUntil {
            due.append(until)
        }
        if let first = due.min() {
            review(id, at: first)
        } else if let timer = reviews.removeValue(forKey: id) {
            timer.cancel()
        }
    }

    private func review(_ id: Int, at due: Duration) {
        reviews[id]?.cancel()
        let wait = max(.zero, due - tools.time.uptime())
        reviews[id] = tools.time.timer(on: tools.loop, after: wait) { [weak self] in
            self?.assumeIsolated { service in
                service.reviews[id] = nil
                guard service.isRunning else { return }
                service.giveUpWaiting(id)
                service.reconcile([id])
            }
        }
    }

    /// Takes up what an earlier process held back.
    func takeUpAnnouncements() {
        takeUpReachability()
        let now = tools.time.now()
        for check in checks.all where check.rules.keepFiring > .zero {
            let last = check.status.state.isProblem ? now : check.status.lastProblemAt
            guard let last else { continue }
            let rest = min(check.rules.keepFiring, last + check.rules.keepFiring - now)
            checks[check.stored.id]?.firingUntil = tools.time.uptime() + max(.zero, rest)
        }
        let open = checks.all.filter { check in
            !AnnouncementRules.isQuiet(
                check.status, before: check.status.hardState, isRepeated: false)
        }
        reconcile(open.map(\.stored.id).sorted())
    }

    /// What the store has to be told of an outcome.
    func news(
        _ outcome: AnnouncementRules.Outcome, of check: WatchedCheck, at now: Instant,
        submittedAt: Instant? = nil
    ) -> UnsavedCheck {
        var news = UnsavedCheck(
            status: outcome.status, observation: check.newest, submittedAt: submittedAt)
        if let flapping = outcome.flapping {
            news.append(
                FlappingChange(
                    at: now, isFlapping: flapping, percent: outcome.status.flap?.shownPercent ?? 0,
                    state: outcome.status.state))
        }
        if let change = outcome.change {
            news.append(
                HardChange(
                    at: now, state: change.state, previousState: change.previousState,
                    attempt: outcome.status.shownAttempt(of: check.rules.maxAttempts),
                    output: check.newest?.output ?? "", isAnnounced: change.isAnnounced,
                    suppressedBy: change.suppressedBy))
        }
        return news
    }
}

extension AnnouncementRules.Outcome {
    /// Whether there is something that the store does not know.
    func isNews(after old: CheckStatus) -> Bool {
        change != nil || flapping != nil || status != old
    }
}
