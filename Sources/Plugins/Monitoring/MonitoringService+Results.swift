internal import OpsCore
internal import OpsJSONRPC

/// From a result to a state.
extension MonitoringService {
    /// Judges a result: metrics at once, the state when it has changed, an announcement when the
    /// rules say so.
    ///
    /// - Parameter submittedAt: When somebody called in with it, which is saved whatever it says.
    func judge(_ result: CheckResult, of id: Int, submittedAt: Instant? = nil) {
        guard var check = checks[id] else { return }
        let now = tools.time.now()
        tools.metrics.record(result, of: check.stored.definition.name, at: now)

        let old = check.status
        let change = CheckRules.transition(from: old, on: result.state, at: now, by: check.rules)
        let outcome = AnnouncementRules.outcome(
            of: change.status, before: old.hardState, isRepeated: change.isRepeated,
            suppressions: suppressions(of: id))
        check.status = outcome.status
        check.newest = Observation(result, at: now)
        check.refreshShown()
        checks[id] = check
        guard outcome.isNews(after: old) || submittedAt != nil else { return }
        save(news(outcome, of: check, at: now, submittedAt: submittedAt), of: id)
    }
}
