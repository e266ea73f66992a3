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
                begun += 1
                begin(due.id, due: now - due.lateness)
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
    ///
    /// - Parameter due: When it was to begin; nil for one that nobody planned.
    func begin(_ id: Int, due: Duration? = nil) {
        // Nothing here copies a check: that would be a good part of what a run costs.
        guard runs[id] == nil, let epoch = checks[id]?.epoch else { return }
        ticks += 1
        checks[id]?.begunAt = ticks
        if let result = decided(id) {
            noteBegin(due)
            return finish(id, epoch, result)
        }
        do {
            let tools = try tools.probes.tools(of: id)
            runs[id] = run(try probe(of: id, with: tools), of: id, epoch, on: tools.loop, due: due)
        } catch {
            noteBegin(due)
            finish(id, epoch, CheckResult(state: .unknown, output: "Cannot look: \(error)"))
        }
    }

    /// What is found without looking: that no call came in, or what others say.
    private func decided(_ id: Int) -> CheckResult? {
        switch checks[id]?.kind {
        case let heartbeat as HeartbeatCheck:
            checks[id].map { heartbeat.overdue(interval: $0.stored.definition.interval) }
        case let composite as CompositeCheck: decide(composite, of: id)
        default: nil
        }
    }

    /// Looks, where probes wait, and comes back with what was found.
    private func run(
        _ probe: any Probe, of id: Int, _ epoch: Int, on loop: EventLoop, due: Duration?
    ) -> Task<Void, Never>? {
        guard let timeout = checks[id]?.stored.definition.timeout else { return nil }
        return Task(executorPreference: loop) {
            let begun = self.tools.time.uptime()
            var result = await probe.run(timeout: timeout)
            if result.scrape != nil { await self.storeScrape(of: &result, id) }
            await self.end(id, epoch, result, late: due.map { begun - $0 })
        }
    }

    private func noteBegin(_ due: Duration?) {
        if let due { punctuality.record(max(.zero, tools.time.uptime() - due)) }
    }

    /// Stores what a result has scraped, and says in the result what was refused.
    nonisolated private func storeScrape(of result: inout CheckResult, _ id: Int) async {
        guard let scrape = result.scrape, let name = await name(of: id),
            let refusal = await tools.metrics.store(scrape, of: name, on: tools.loop)
        else { return }
        result.state = .critical
        result.output += ": \(refusal)"
    }

    private func name(of id: Int) -> String? { checks[id]?.stored.definition.name }

    private func probe(of id: Int, with tools: ProbeTools) throws -> any Probe {
        if let probe = checks[id]?.probe { return probe }
        if checks[id]?.kind == nil { replaceKind(of: id) }
        guard let kind = checks[id]?.kind else { throw CancellationError() }
        let probe = try kind.makeProbe(tools)
        checks[id]?.probe = probe
        return probe
    }

    private func end(_ id: Int, _ epoch: Int, _ result: CheckResult, late: Duration?) {
        runs[id] = nil
        if let late { punctuality.record(max(.zero, late)) }
        guard isRunning else { return }
        finish(id, epoch, result)
        pump()
    }

    /// Takes a run's result and plans the next run.
    private func finish(_ id: Int, _ epoch: Int, _ result: CheckResult) {
        guard let current = checks[id]?.epoch else { return schedule.remove(id) }
        let now = tools.time.uptime()
        guard current == epoch else {
            // It was changed meanwhile: what the run found is about something else. Look again.
            return schedule.postpone(id, to: now)
        }
        if let begunAt = checks[id]?.begunAt { checks[id]?.judgedAt = begunAt }
        judge(result, of: id)
        if checks[id]?.needsAnotherLook == true { return schedule.postpone(id, to: now) }
        let wait = checks[id]?.retryWait
        if schedule.isRunning(id) {
            schedule.finish(id, now: now, retryAfter: wait)
        } else if let wait {
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
