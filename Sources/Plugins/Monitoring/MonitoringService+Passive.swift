internal import OpsCore
internal import OpsJSONRPC

/// Heartbeats: checks that are called instead of looking.
extension MonitoringService {
    /// Takes the result that somebody calls in with; answers once it is saved.
    func submit(_ params: SubmitCheck) async throws -> Check {
        let id = try resolve(params.check)
        guard let check = checks[id], check.stored.definition.isPassive else {
            throw RPCError.badMember(
                "check", "is not a heartbeat; other checks find their results themselves")
        }
        judge(params.result, of: id, submittedAt: tools.time.now())
        if let heartbeat = check.kind as? HeartbeatCheck {
            let wait = heartbeat.patience(interval: check.stored.definition.interval)
            schedule.postpone(id, to: tools.time.uptime() + wait)
            pump()
        }
        try await untilSaved(id)
        return try view(id)
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
