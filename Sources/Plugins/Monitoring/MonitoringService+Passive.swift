internal import OpsCore
internal import OpsJSONRPC

/// Heartbeats: checks that are called instead of looking.
extension MonitoringService {
    /// Takes the result that somebody calls in with; answers once it is saved.
    func submit(_ params: SubmitCheck, for call: Call) async throws -> Check {
        let id = try resolve(params.check)
        guard let check = checks[id], check.stored.definition.isPassive else {
            throw RPCError.badMember(
                "check", "is not a heartbeat; other checks find their results themselves")
        }
        guard !call.isDryRun else { return preview(params.result, of: check) }
        judge(params.result, of: id, submittedAt: tools.time.now())
        if let heartbeat = check.kind as? HeartbeatCheck {
            let wait = heartbeat.patience(interval: check.stored.definition.interval)
            schedule.postpone(id, to: tools.time.uptime() + wait)
            pump()
        }
        // Waiting together with the result, it is on the disk with the same sync.
        try await audit("check.submitted", id, ["state": .string(params.state.rawValue)], call)
        try await untilSaved(id)
        return try view(id)
    }

    /// What a heartbeat would be after a result.
    private func preview(_ result: CheckResult, of check: WatchedCheck) -> Check {
        let now = tools.time.now()
        var stored = check.stored
        stored.lastSubmissionAt = now
        stored.status =
            CheckRules.transition(
                from: check.status, on: result.state, at: now, by: check.rules
            ).status
        let patience = (check.kind as? HeartbeatCheck)?
            .patience(interval: stored.definition.interval)
        return Check(
            stored, observation: Observation(result, at: now),
            nextCheckAt: patience.map { now + $0 }, catalog: tools.catalog)
    }

    /// Notes who did something to a check that is not a change of its definition.
    func audit(_ action: String, _ id: Int, _ after: JSON, _ call: Call) async throws {
        try await call.note(action, StoredCheck.ref(id), after: after, in: tools.store)
    }

    /// Why a heartbeat's deadline is set anew.
    enum Occasion {
        case start, resumption, change
    }

    /// How long from now until nobody has called a heartbeat in time; nil for other checks.
    ///
    /// The wall clock is asked only about calls of an earlier process; if it was set back since,
    /// such a call counts as made just now.
    func deadline(of check: WatchedCheck, on occasion: Occasion) -> Duration? {
        guard let heartbeat = check.kind as? HeartbeatCheck else { return nil }
        let patience = heartbeat.patience(interval: check.stored.definition.interval)
        let last = check.stored.lastSubmissionAt ?? check.stored.createdAt
        let rest = patience - max(.zero, tools.time.now() - last)
        switch occasion {
        // Callers could not reach a process that was down.
        case .start: return max(.milliseconds(heartbeat.graceMs), rest)
        case .resumption: return patience
        case .change: return max(.zero, rest)
        }
    }
}
