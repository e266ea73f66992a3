internal import OpsCore
internal import OpsJSONRPC

/// Runs: one timer for all checks, each check at most once at a time, not too many together.
extension MonitoringService {
    // MARK: - The schedule

    /// Schedules a check, unless it is paused.
    func schedule(_ id: Int, on occasion: Occasion) {
        if let check = checks[id] { schedule(check, on: occasion) }
    }

    /// Schedules a check, in the same way.
    func schedule(_ check: WatchedCheck, on occasion: Occasion) {
        guard isRunning, !check.stored.isPaused else { return }
        let id = check.stored.id
        let interval = check.stored.definition.interval
        let now = tools.time.uptime()
        if let deadline = deadline(of: check, on: occasion) {
            schedule.add(id, every: interval, firstAt: now + deadline)
        } else {
            schedule.add(id, every: interval, now: now)
        }
    }

    /// Starts what is due and sets the timer for what comes next.
    func pump() {
        guard isRunning else { return }
        let now = tools.time.uptime()
        let free = limits.maxConcurrentChecks - runs.count
        if free > 0 {
            for due in schedule.takeDue(at: now, limit: free) {
                punctuality.record(due.lateness)
                begin(due.id)
            }
        }
        setAlarm(now)
    }

    private func setAlarm(_ now: Duration) {
        // With all places taken nothing can start before a run ends, and its end pumps.
        let isFull = runs.count >= limits.maxConcurrentChecks
        guard !isFull, let due = schedule.nextDue else {
            alarm?.token.cancel()
            alarm = nil
            return
        }
        guard alarm?.due != due else { return }
        alarm?.token.cancel()
        let token = tools.time.timer(on: tools.loop, after: max(.zero, due - now)) {
            [weak self] in self?.assumeIsolated { $0.ring(due) }
        }
        alarm = Alarm(due: due, token: token)
    }

    private func ring(_ due: Duration) {
        // One that was replaced while it was on its way does not count.
        guard alarm?.due == due else { return }
        alarm = nil
        pump()
    }

    // MARK: - One run

    /// Begins a run, unless the check runs already.
    func begin(_ id: Int) {
        guard runs[id] == nil, let check = checks[id] else { return }
        ticks += 1
        checks[id]?.begunAt = ticks
        let epoch = check.epoch
        let definition = check.stored.definition
        if let heartbeat = check.kind as? HeartbeatCheck {
            return finish(id, epoch, heartbeat.overdue(interval: definition.interval))
        }
        if let composite = check.kind as? CompositeCheck {
            return finish(id, epoch, decide(composite, of: id))
        }
        do {
            let probe = try probe(of: id)
            runs[id] = Task(executorPreference: tools.loop) {
                let result = await probe.run(timeout: definition.timeout)
                await self.end(id, epoch, self.storingScrape(of: result, definition))
            }
        } catch {
            finish(id, epoch, CheckResult(state: .unknown, output: "Cannot look: \(error)"))
        }
    }

    /// Stores what a result has scraped, if anything, and says in the result what was refused.
    nonisolated private func storingScrape(
        of result: CheckResult, _ check: CheckDefinition
    ) async -> CheckResult {
        guard let scrape = result.scrape,
            let refusal = await tools.metrics.store(scrape, of: check.name, on: tools.loop)
        else { return result }
        var result = result
        result.state = .critical
        result.output += ": \(refusal)"
        return result
    }

    private func probe(of id: Int) throws -> any Probe {
        if let probe = checks[id]?.probe { return probe }
        if checks[id]?.kind == nil { replaceKind(of: id) }
        guard let kind = checks[id]?.kind else { throw CancellationError() }
        let probe = try kind.makeProbe(tools.probes)
        checks[id]?.probe = probe
        return probe
    }

    private func end(_ id: Int, _ epoch: Int, _ result: CheckResult) {
        runs[id] = nil
        guard isRunning else { return }
        finish(id, epoch, result)
        pump()
    }

    /// Takes a run's result and plans the next run.
    private func finish(_ id: Int, _ epoch: Int, _ result: CheckResult) {
        guard let check = checks[id] else { return schedule.remove(id) }
        let now = tools.time.uptime()
        guard check.epoch == epoch else {
            // It was changed meanwhile: what the run found is about something else. Look again.
            return schedule.postpone(id, to: now)
        }
        checks[id]?.judgedAt = check.begunAt
        judge(result, of: id)
        if checks[id]?.needsAnotherLook == true { return schedule.postpone(id, to: now) }
        let retry = checks[id].map { CheckRules.isRetrying($0.status) } ?? false
        let wait = check.stored.definition.retryInterval
        if schedule.isRunning(id) {
            schedule.finish(id, now: now, retryAfter: retry ? wait : nil)
        } else if retry {
            schedule.hasten(id, now: now, retryAfter: wait)
        }
    }

    // MARK: - By hand

    /// Runs a check now and answers it as it then is, saved; one that runs already is waited for.
    func run(_ key: String, for call: Call) async throws -> Check {
        let id = try resolve(key)
        guard checks[id]?.stored.definition.isPassive == false else {
            throw RPCError.conflict(
                "\"\(key)\" is a heartbeat and does not look by itself.",
                hint: "Feed it with check.submit.")
        }
        // What a probe does to the rest of the world cannot be taken back.
        guard !call.isDryRun else { return try view(id) }
        begin(id)
        await runs[id]?.value
        try await untilSaved(id)
        let state = checks[id]?.stored.status.state.rawValue
        try await audit("check.run", id, ["state": .string(state ?? "")], call)
        return try view(id)
    }
}
