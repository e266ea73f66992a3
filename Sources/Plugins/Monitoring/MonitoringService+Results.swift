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
        let definition = check.stored.definition
        let now = tools.time.now()
        tools.metrics.record(result, of: definition.name, at: now)

        let observation = Observation(result, at: now)
        let change = CheckRules.transition(
            from: check.status, on: result.state, at: now, maxAttempts: definition.maxAttempts)
        let isNews = change.status != check.status || submittedAt != nil
        check.status = change.status
        check.newest = observation
        check.refreshShown()
        checks[id] = check
        guard isNews else { return }

        var news = UnsavedCheck(
            status: change.status, observation: observation, submittedAt: submittedAt)
        if let previous = change.announcedOver {
            news.append(
                HardChange(
                    at: now, state: result.state, previousState: previous,
                    attempt: change.status.shownAttempt(of: definition.maxAttempts),
                    output: observation.output))
        }
        save(news, of: id)
        if change.hardChanged { followComposites(of: id) }
    }
}
