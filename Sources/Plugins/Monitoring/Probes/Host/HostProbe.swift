internal import OpsCore

/// Reads `/proc` and asks the file systems, on a worker thread.
final class HostProbe: Probe {
    private let tools: ProbeTools
    private let rules: HostRules
    private let survey: DiskSurvey
    /// What the processors had done when the probe ran last.
    private let lastCPU = Guarded<CPUTimes?>(nil)

    init(_ tools: ProbeTools, rules: HostRules, survey: DiskSurvey) {
        self.tools = tools
        self.rules = rules
        self.survey = survey
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        var snapshot = await read(within: timeout * 9 / 10)
        snapshot.mounts = survey.conclude()
        let cpu = shares(snapshot.kernel?.cpu)
        var result = rules.assess(snapshot, cpu: cpu)
        result.metrics = HostMetrics.of(snapshot, cpu: cpu)
        result.duration = tools.time.uptime() - start
        return result
    }

    /// Reads what can be read in that time; a file system that hangs takes all of it once.
    private func read(within limit: Duration) async -> HostSnapshot {
        let files = ProcFiles(root: tools.root)
        let survey = survey
        let workers = tools.workers
        let answer = Answer()
        _ = await Deadline.run(limit, on: tools.loop, tools.time) {
            // It throws when the pool is full or stops: then nothing was read, and that shows.
            try? await workers.run {
                answer.snapshot.withLock { $0 = files.snapshot() }
                survey.carryOut(files.mounts())
            }
        }
        return answer.snapshot.withLock { $0 }
    }

    /// Returns what the processors did since the last run; `nil` in the first.
    private func shares(_ times: CPUTimes?) -> CPUShares? {
        lastCPU.withLock { last in
            defer { last = times ?? last }
            guard let last, let times else { return nil }
            return times.shares(since: last)
        }
    }

    private final class Answer: Sendable {
        let snapshot = Guarded(HostSnapshot())
    }
}
