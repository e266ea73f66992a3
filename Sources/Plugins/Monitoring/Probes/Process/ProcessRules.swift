internal import Glibc

/// Decides what the processes that were found mean.
struct ProcessRules: Sendable {
    /// What is looked for, in a word.
    let name: String
    let limits: ProcessLimits

    private static let pageBytes = Double(sysconf(CInt(_SC_PAGESIZE)))

    /// Returns state, words and measurements; the share of the processors is known from the second
    /// run on.
    func judge(
        _ snapshot: ProcessSnapshot, cpuPercent: Double?, seconds: Double
    ) -> CheckResult {
        if let obstacle = snapshot.obstacle {
            return CheckResult(
                "Cannot look for \(name)", [Problem(.unknown, obstacle)], seconds: seconds)
        }
        let facts = Facts(snapshot, cpuPercent)
        return CheckResult(
            summary(facts), problems(facts, snapshot.remark), measurements: measurements(facts),
            seconds: seconds)
    }

    /// The processes in numbers.
    private struct Facts {
        var count: Int
        var zombies: Int
        var threads: Int
        var memory: Double
        var cpuPercent: Double?
        var ages: [Double]

        init(_ snapshot: ProcessSnapshot, _ cpuPercent: Double?) {
            let alive = snapshot.processes.filter { !$0.isZombie }
            count = alive.count
            zombies = snapshot.processes.count - alive.count
            threads = alive.reduce(0) { $0 + $1.threads }
            memory = alive.reduce(0) { $0 + Double($1.pages) } * ProcessRules.pageBytes
            self.cpuPercent = cpuPercent
            ages =
                snapshot.uptimeSeconds.map { uptime in
                    alive.map {
                        max(uptime - Double($0.startTicks) / ProcessEntry.ticksPerSecond, 0)
                    }
                } ?? []
        }
    }

    private func summary(_ facts: Facts) -> String {
        guard facts.count > 0 else { return "\(name): no process" }
        let number = facts.count == 1 ? "1 process" : "\(facts.count) processes"
        var parts = ["\(name): \(number)", Readable.bytes(facts.memory)]
        if let cpu = facts.cpuPercent { parts.append("CPU \(Readable.percent(cpu / 100))") }
        if let age = facts.ages.max() { parts.append("up \(Readable.age(seconds: age))") }
        return parts.joined(separator: ", ")
    }

    // MARK: - Problems

    private func problems(_ facts: Facts, _ remark: String?) -> [Problem] {
        countProblems(facts, remark)
            + problem(limits.memory, facts.memory, "more memory than ", Readable.bytes)
            + problem(limits.threads, Double(facts.threads), "more threads than ") { "\(Int($0))" }
            + (facts.cpuPercent.map {
                problem(limits.cpuPercent, $0, "more of a processor than ") {
                    Readable.percent($0 / 100)
                }
            } ?? []) + ageProblems(facts.ages)
    }

    private func countProblems(_ facts: Facts, _ remark: String?) -> [Problem] {
        if facts.count < limits.count.lowerBound {
            var words = "expected \(limits.count.lowerBound) at least"
            if facts.zombies > 0 {
                words += ", \(Readable.count(facts.zombies, "zombie")) not counted"
            }
            return [Problem(.critical, remark ?? words)]
        }
        guard facts.count > limits.count.upperBound else { return [] }
        return [Problem(.critical, "expected \(limits.count.upperBound) at most")]
    }

    private func problem(
        _ limits: Limits, _ value: Double, _ words: String, _ text: (Double) -> String
    ) -> [Problem] {
        let state = limits.state(of: value)
        let limit = state == .critical ? limits.critical : limits.warning
        guard state != .ok, let limit else { return [] }
        return [Problem(state, "\(words)\(text(limit))")]
    }

    private func ageProblems(_ ages: [Double]) -> [Problem] {
        var problems: [Problem] = []
        if let youngest = ages.min(), let limit = limits.minAgeSeconds, youngest < limit {
            problems.append(
                Problem(.warning, "one was started \(Readable.age(seconds: youngest)) ago"))
        }
        if let oldest = ages.max(), let limit = limits.maxAgeSeconds, oldest > limit {
            problems.append(
                Problem(.warning, "one has run for \(Readable.age(seconds: oldest))"))
        }
        return problems
    }

    // MARK: - Measurements

    private func measurements(_ facts: Facts) -> [Measurement] {
        var values = [
            Measurement(label: "processes", value: Double(facts.count), min: 0),
            Measurement(label: "zombies", value: Double(facts.zombies), min: 0),
            measurement("threads", Double(facts.threads), "", limits.threads),
            measurement("memory", facts.memory, "B", limits.memory),
        ]
        if let cpu = facts.cpuPercent {
            values.append(measurement("cpu", cpu, "%", limits.cpuPercent))
        }
        if let youngest = facts.ages.min(), let oldest = facts.ages.max() {
            values.append(Measurement(label: "age_min", value: youngest, unit: "s", min: 0))
            values.append(Measurement(label: "age_max", value: oldest, unit: "s", min: 0))
        }
        return values
    }

    private func measurement(
        _ label: String, _ value: Double, _ unit: String, _ limits: Limits
    ) -> Measurement {
        Measurement(
            label: label, value: value, unit: unit, warning: limits.warning.map(NagiosRange.atMost),
            critical: limits.critical.map(NagiosRange.atMost), min: 0)
    }
}
