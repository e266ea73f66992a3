internal import OpsCore
internal import OpsJSONRPC

/// Heartbeats: checks that are called instead of looking.
extension MonitoringService {
    /// Takes the result that somebody calls in with; answers once it is saved.
    func submit(_ params: SubmitCheck, for call: Call) async throws -> Check {
        let id = try resolve(params.check)
        guard let check = checks[id] else { throw Self.missing(params.check) }
        let now = tools.time.now()
        let at = try Self.instant(of: params, for: check, now: now)
        let freshFor = params.freshForMs.map { Duration.milliseconds($0) }
        let patience = freshFor ?? Self.patience(of: check)
        guard !call.isDryRun else {
            return preview(params.result, of: check, at: at, next: at + patience)
        }
        // An active check has to remember as well for how long it need not look by itself.
        let isOwn = check.kind is HeartbeatCheck
        checks[id]?.status.freshFor = freshFor ?? (isOwn ? nil : patience)
        ticks += 1
        checks[id]?.judgedAt = ticks
        judge(params.result, of: id, at: at, isSubmitted: true)
        schedule.postpone(id, to: tools.time.uptime() + max(.zero, patience - (now - at)))
        pump()
        // Waiting together with the result, it is on the disk with the same sync.
        try await audit("check.submitted", id, ["state": .string(params.state.rawValue)], call)
        try await untilSaved(id)
        return try view(id)
    }

    /// How long a result holds that does not say it: a heartbeat has its grace, and another check
    /// looks by itself an interval later.
    private static func patience(of check: WatchedCheck) -> Duration {
        let interval = check.stored.definition.interval
        return (check.kind as? HeartbeatCheck)?.patience(interval: interval) ?? interval
    }

    /// How far a submitter's clock may be ahead of ours.
    private static let clockSlack = Duration.seconds(60)

    /// When a submitted result was found; one that is older than what is known already is refused.
    private static func instant(
        of params: SubmitCheck, for check: WatchedCheck, now: Instant
    ) throws -> Instant {
        guard let at = params.at else { return now }
        guard at <= now + clockSlack else {
            throw RPCError.badMember("at", "lies in the future; it is \(now) here")
        }
        // A newest result from the future, after a clock was set back, may be overridden.
        if let newest = check.newest?.at, newest <= now, at < newest {
            throw RPCError.conflict(
                "The result of \(at) is older than the newest one, of \(newest).",
                hint: "Results of a check have to be submitted in the order of their times.")
        }
        return min(at, now)
    }

    /// What a check would be after a result.
    private func preview(
        _ result: CheckResult, of check: WatchedCheck, at now: Instant, next: Instant
    ) -> Check {
        var stored = check.stored
        stored.lastSubmissionAt = now
        stored.status =
            CheckRules.transition(
                from: check.status, on: result.state, at: now, by: check.rules
            ).status
        return Check(
            stored, observation: Observation(result, at: now), nextCheckAt: next,
            catalog: tools.catalog)
    }

    /// Notes who did something to a check that is not a change of its definition.
    func audit(_ action: String, _ id: Int, _ after: JSON, _ call: Call) async throws {
        try await call.note(action, StoredCheck.ref(id), after: after, in: tools.store)
    }

    /// Why a heartbeat's deadline is set anew.
    enum Occasion {
        case start, resumption, change
    }

    /// How long from now until nobody has called in time: a heartbeat, or another check whose
    /// newest result was submitted and holds still; nil for others.
    ///
    /// The wall clock is asked only about calls of an earlier process; if it was set back since,
    /// such a call counts as made just now.
    func deadline(of check: WatchedCheck, on occasion: Occasion) -> Duration? {
        let freshFor = check.status.freshFor
        let last = check.stored.lastSubmissionAt ?? check.stored.createdAt
        let age = max(.zero, tools.time.now() - last)
        guard let heartbeat = check.kind as? HeartbeatCheck else {
            return freshFor.flatMap { age < $0 ? $0 - age : nil }
        }
        let usual = heartbeat.patience(interval: check.stored.definition.interval)
        let patience = freshFor ?? usual
        let rest = patience - age
        switch occasion {
        // Callers could not reach a process that was down.
        case .start: return max(.milliseconds(heartbeat.graceMs), rest)
        case .resumption: return patience
        case .change: return max(.zero, rest)
        }
    }
}
