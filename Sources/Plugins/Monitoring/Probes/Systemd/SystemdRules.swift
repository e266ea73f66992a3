internal import Glibc
internal import OpsCore

/// Decides what the states of units mean.
struct SystemdRules: Sendable {
    /// Empty for all units.
    let patterns: [String]
    let expected: UnitState
    let ignored: [String]
    let restarts: Limits

    /// What there is to say when systemd could not be asked.
    static func obstacle(_ result: ProcessResult, timeout: Duration) -> String? {
        switch result.ending {
        case .exited(0) where !result.truncated: nil
        case .exited(0): "it has more to say than is read; name the units"
        case .exited:
            firstLine(result.stderr) ?? "systemctl failed without a word"
        case .signalled(let signal): "systemctl was ended by signal \(signal)"
        case .timedOut: "no answer within \(timeout.milliseconds) ms"
        case .failedToStart(let reason): "systemctl: \(reason)"
        }
    }

    private static func firstLine(_ bytes: [UInt8]) -> String? {
        String(decoding: bytes.prefix(1000), as: UTF8.self).split(whereSeparator: \.isNewline)
            .first.map { PluginOutput.presentable($0, max: 200) }
    }

    /// How often each unit was restarted meanwhile; a number that fell has begun again.
    static func increase(from last: [String: Int], to now: [String: Int]) -> [String: Int] {
        now.reduce(into: [:]) { increase, unit in
            let before = last[unit.key] ?? unit.value
            increase[unit.key] = unit.value >= before ? unit.value - before : unit.value
        }
    }

    /// Returns state, words and measurements; `restarts` is nil when nothing is known of before.
    func judge(
        _ all: [SystemdUnit], restarts news: [String: Int]?, seconds: Double
    ) -> CheckResult {
        let units = all.filter { !Self.matches($0.name, ignored) }
        let problems = missing(units) + units.flatMap { self.problems($0, news?[$0.name] ?? 0) }
        let shown = Self.worst(problems)
        var result = CheckResult(
            Self.summary(units), shown, measurements: measurements(units, news), seconds: seconds)
        if problems.count > shown.count {
            result.longOutput = problems.map(\.text).joined(separator: "\n")
        }
        return result
    }

    /// The line is for a glance: three problems, and how many more there are.
    private static func worst(_ problems: [Problem]) -> [Problem] {
        guard problems.count > 3 else { return problems }
        let sorted = problems.sorted { $0.state.severity > $1.state.severity }
        let rest = Readable.count(problems.count - 3, "more problem")
        return sorted.prefix(3) + [Problem(sorted[3].state, "and \(rest)")]
    }

    private static func summary(_ units: [SystemdUnit]) -> String {
        units.count == 1
            ? "\(units[0].name) is \(units[0].active) (\(units[0].sub))"
            : "\(Readable.count(units.count, "unit"))"
    }

    // MARK: - Problems

    /// Patterns that stand for no unit; of a plain name systemd itself says that it is not there.
    private func missing(_ units: [SystemdUnit]) -> [Problem] {
        guard expected == .active else { return [] }
        return patterns.filter { pattern in
            !units.contains { Self.matches($0.name, [pattern, "\(pattern).service"]) }
        }.map { Problem(.critical, "no unit is called \($0)") }
    }

    private func problems(_ unit: SystemdUnit, _ increase: Int) -> [Problem] {
        let state = patterns.isEmpty ? failure(unit) : failure(unit) ?? surprise(unit)
        let count = restarts.state(of: Double(increase))
        let restarted =
            count == .ok
            ? nil
            : Problem(count, "\(unit.name) was restarted \(Readable.count(increase, "time"))")
        return [state, restarted].compactMap(\.self)
    }

    private func failure(_ unit: SystemdUnit) -> Problem? {
        if unit.isRestarting {
            return Problem(.warning, "\(unit.name) is restarting (\(unit.result))")
        }
        guard unit.active == "failed" else { return nil }
        return Problem(.critical, "\(unit.name) has failed (\(unit.result))")
    }

    private func surprise(_ unit: SystemdUnit) -> Problem? {
        if unit.load == "not-found", expected == .active {
            return Problem(.critical, "\(unit.name) is not there")
        }
        switch expected {
        case .any: return nil
        case .inactive where unit.active == "inactive": return nil
        // A unit that reloads or activates is on its way or working.
        case .active where unit.active == "active" || unit.active == "reloading": return nil
        case .active where unit.active == "activating":
            return Problem(.warning, "\(unit.name) is still activating (\(unit.sub))")
        case .active, .inactive:
            return Problem(
                .critical, "\(unit.name) is \(unit.active) (\(unit.sub)), not \(expected.rawValue)")
        }
    }

    /// systemd's patterns are those of the shell.
    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { fnmatch($0, name, 0) == 0 }
    }

    // MARK: - Measurements

    private func measurements(_ units: [SystemdUnit], _ news: [String: Int]?) -> [Measurement] {
        var values = [
            Measurement(label: "units", value: Double(units.count), min: 0),
            Measurement(
                label: "units_failed", value: Double(units.count { $0.active == "failed" }), min: 0),
            Measurement(
                label: "units_restarting", value: Double(units.count(where: \.isRestarting)), min: 0
            ),
        ]
        if let news {
            let total = units.reduce(0) { $0 + (news[$1.name] ?? 0) }
            values.append(Measurement(label: "restarts", value: Double(total), min: 0))
        }
        return values
    }
}
