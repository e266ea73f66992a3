internal import OpsCore
internal import OpsJSONRPC

/// From a state to what people are told, as ``AnnouncementRules`` decide.
extension MonitoringService {
    /// What keeps people from being told of a check's problems just now, but for its flapping.
    func suppressions(of id: Int) -> Set<Suppression> {
        isInMaintenance(id, at: tools.time.now()) ? [.maintenance] : []
    }

    /// Looks again what people have to be told about checks, because what suppresses their
    /// announcements may have changed.
    func reconcile(_ ids: some Sequence<Int>) {
        for id in ids { reconcile(id) }
    }

    private func reconcile(_ id: Int) {
        guard var check = checks[id] else { return }
        let old = check.status
        let outcome = AnnouncementRules.outcome(
            of: old, before: old.hardState, suppressions: suppressions(of: id))
        guard outcome.isNews(after: old) else { return }
        check.status = outcome.status
        checks[id] = check
        save(news(outcome, of: check, at: tools.time.now()), of: id)
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
                    at: now, isFlapping: flapping, percent: outcome.status.flap?.percent ?? 0,
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
