internal import OpsCore

/// Asks systemd by its own program, whose output for programs is stable.
final class SystemdProbe: Probe {
    /// Some ten thousand units.
    private static let maxOutputBytes = 4 << 20
    private static let killGrace = Duration.milliseconds(200)

    private let tools: ProbeTools
    private let rules: SystemdRules
    private let program: [String]
    /// How often each unit had been restarted when the probe ran last.
    private let lastRestarts = Guarded<[String: Int]?>(nil)

    /// Makes a probe; a test puts another program in front.
    init(_ tools: ProbeTools, rules: SystemdRules, program: [String] = ["systemctl"]) {
        self.tools = tools
        self.rules = rules
        self.program = program
    }

    func run(timeout: Duration) async -> CheckResult {
        let patience = max(timeout - Self.killGrace, timeout / 2)
        let result = await ChildProcess.run(
            ProcessRequest(
                arguments: program + [
                    "show", "--no-pager",
                    "--property=\(SystemdUnit.properties.joined(separator: ","))", "--",
                ] + (rules.patterns.isEmpty ? ["*"] : rules.patterns),
                timeout: patience, killGrace: timeout - patience,
                maxOutputBytes: Self.maxOutputBytes),
            on: tools.loop)
        let seconds = result.duration / .seconds(1)
        if let obstacle = SystemdRules.obstacle(result, timeout: timeout) {
            return CheckResult(
                "Cannot ask systemd", [Problem(.unknown, obstacle)], seconds: seconds)
        }
        let units = SystemdUnit.parse(String(decoding: result.stdout, as: UTF8.self))
        return rules.judge(units, restarts: newRestarts(units), seconds: seconds)
    }

    /// Returns how often each unit was restarted since the last run; nil in the first.
    private func newRestarts(_ units: [SystemdUnit]) -> [String: Int]? {
        let now = Dictionary(
            units.compactMap { unit in unit.restarts.map { (unit.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        return lastRestarts.withLock { last in
            defer { last = now }
            return last.map { SystemdRules.increase(from: $0, to: now) }
        }
    }
}
