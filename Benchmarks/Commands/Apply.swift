import ArgumentParser
import OpsJSONRPC

/// A whole desired state at once: how long it takes, and whether the checks burst afterwards.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Applies 20,000 targets and 30 templates, 600,000 checks, and watches their runs."
    )

    @Option(help: "How many targets.") var targets = 20_000
    @Option(help: "How many templates; each makes a check for each target.") var templates = 30
    @Option(help: "Milliseconds between two runs of a check.") var intervalMs = 600_000
    @Option(help: "Seconds in which the runs are counted.") var seconds = 30

    func run() throws {
        let web = try WebServer(onAllAddresses: true)
        let monitor = try Monitor()
        defer { monitor.stop() }
        let state = state(port: web.port, firstIntervalMs: intervalMs)
        let took = try monitor.apply(state, making: targets * templates)
        Figure("apply", took, "s", .atMost(5)).report()
        try watch(monitor)
        Figure("apply_rss", try monitor.usage().residentMegabytes, "MB").report()
        Figure("apply_unchanged", try monitor.apply(state, making: 0), "s").report()
        let slower = self.state(port: web.port, firstIntervalMs: 2 * intervalMs)
        Figure("apply_template", try monitor.apply(slower, making: 0), "s").report()
    }

    /// Counts the runs of each second.
    private func watch(_ monitor: Monitor) throws {
        var runs: [Double] = []
        var last = try monitor.runs()
        var time = ContinuousClock.now
        for _ in 0..<seconds {
            Pause.seconds(1)
            let now = try monitor.runs()
            let took = (ContinuousClock.now - time).inSeconds
            runs.append((now - last) / took)
            (last, time) = (now, ContinuousClock.now)
        }
        let expected = Double(targets * templates) * 1000 / Double(intervalMs)
        let mean = runs.reduce(0, +) / Double(runs.count)
        Figure("apply_mean_rate", mean, "runs/s, \(Int(expected)) expected").report()
        Figure("apply_peak_of_mean", (runs.max() ?? 0) / mean, "ratio", .atMost(1.2))
            .report()
    }

    /// - Parameter firstIntervalMs: That of the first template, which one change is about.
    private func state(port: Int, firstIntervalMs: Int) -> JSON {
        DesiredTargets(count: targets).state(
            (0..<templates).map { number in
                let interval = number == 0 ? firstIntervalMs : intervalMs
                return [
                    "name": .string("service-\(number)"), "match": "role=server", "type": "tcp",
                    "host": "{{ address }}", "port": .number(JSON.Number(port)),
                    "interval_ms": .number(JSON.Number(interval)),
                ]
            })
    }
}
