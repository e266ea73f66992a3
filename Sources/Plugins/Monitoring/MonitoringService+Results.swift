internal import OpsCore
internal import OpsJSONRPC

/// From a result to a state.
extension MonitoringService {
    /// Judges a result: metrics at once, the state when it has changed, an announcement when the
    /// rules say so.
    ///
    /// - Parameters:
    ///   - instant: When it was found; now when left out.
    ///   - isSubmitted: Whether somebody called in with it, which is saved whatever it says.
    func judge(
        _ result: CheckResult, of id: Int, at instant: Instant? = nil, isSubmitted: Bool = false
    ) {
        guard var check = checks[id] else { return }
        guard let state = check.rules.state(of: result) else { return noteLook(at: id) }
        let now = instant ?? tools.time.now()
        let recorded = record(result, state, of: check, at: now)
        check.series = recorded.series
        var result = result
        if let refusal = recorded.refusal { result.output += "; \(refusal)" }

        let old = check.status
        let change = CheckRules.transition(
            from: old, on: state, at: now, by: check.rules, isHostDown: !check.stored.isReachable)
        check.status = change.status
        if !isSubmitted { check.status.freshFor = nil }
        noteFailure(&check, after: old)
        check.newest = Observation(result, at: now)
        let outcome = outcome(of: check, before: old.hardState, isRepeated: change.isRepeated)
        check.status = outcome.status
        check.refreshShown()
        checks[id] = check
        if outcome.isNews(after: old) || isSubmitted {
            save(news(outcome, of: check, at: now, submittedAt: isSubmitted ? now : nil), of: id)
        }
        watch(check)
        tellChildren(of: check, after: old)
        if outcome.status.hardState != old.hardState { followComposites(of: id) }
    }

    /// Notes a look that found nothing to judge.
    private func noteLook(at id: Int) {
        guard let check = checks[id], check.kinship != nil else { return }
        checks[id]?.kinship?.noteLook(begunAt: check.judgedAt)
        reconcile([id])
    }

    private func record(
        _ result: CheckResult, _ state: CheckState, of check: WatchedCheck, at now: Instant
    ) -> CheckMetrics.Recorded {
        var result = result
        result.state = state
        if check.kinship != nil {
            result.metrics.append(
                Metric("check_reachable", [:], check.stored.isReachable ? 1 : 0))
        }
        return tools.metrics.record(
            result, of: check.stored.definition.name, at: now, uptime: tools.time.uptime(),
            known: check.series)
    }

    /// Notes when the check failed, for what depends on it: the wait for its parents, and how long
    /// a problem stays announced.
    private func noteFailure(_ check: inout WatchedCheck, after old: CheckStatus) {
        let isProblem = check.status.state.isProblem
        if check.rules.keepFiring > .zero {
            if isProblem {
                check.firingUntil = tools.time.uptime() + check.rules.keepFiring
                check.status.lastProblemAt = nil
            } else if old.state.isProblem {
                check.status.lastProblemAt = check.newest?.at
            }
        }
        guard var kinship = check.kinship else { return }
        kinship.noteLook(begunAt: check.judgedAt)
        if isProblem, !old.state.isProblem {
            kinship.failedAt = ticks
        } else if !isProblem {
            kinship.waitsUntil = nil
            kinship.hasWaited = false
        }
        check.kinship = kinship
    }
}
