import ArgumentParser
import Glibc
import OpsJSONRPC

/// Thousands of `http` checks against a local web server: how punctual, at what price.
struct Checks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lateness, loop lag and CPU with 5,000 http checks every 10 s.")

    @Option(help: "How many checks.") var count = 5000
    @Option(help: "Milliseconds between two runs of a check.") var intervalMs = 10_000
    @Option(help: "Seconds before the measurement: the checks' first runs.") var warmUp = 20.0
    @Option(help: "Seconds of the measurement.") var seconds = 40.0

    func run() throws {
        let workspace = try Workspace()
        let web = try WebServer()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "monitoring"}]}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let client = try daemon.connect()
        try create(client, port: web.port)
        Pause.seconds(warmUp)
        try measure(client, daemon)
        try report(client.call("check.stats"), client.call("system.stats"))
    }

    private func create(_ client: Client, port: Int) throws {
        let start = ContinuousClock.now
        for first in stride(from: 0, to: count, by: 100) {
            try client.call(
                "check.create",
                all: (first..<min(count, first + 100)).map { number in
                    [
                        "name": .string("web-\(number)"), "type": "http",
                        "url": .string("http://127.0.0.1:\(port)/\(number)"),
                        "interval_ms": .number(JSON.Number(intervalMs)),
                    ]
                })
        }
        let seconds = (ContinuousClock.now - start).inSeconds
        Figure("checks_create", Double(count) / seconds, "checks/s").report()
    }

    private func measure(_ client: Client, _ daemon: Daemon) throws {
        let before = try ProcessUsage(of: daemon.id)
        let runsBefore = try client.call("check.stats")["runs"]?.double ?? 0
        let start = ContinuousClock.now
        Pause.seconds(seconds)
        let after = try ProcessUsage(of: daemon.id)
        let runs = (try client.call("check.stats")["runs"]?.double ?? 0) - runsBefore
        let took = (ContinuousClock.now - start).inSeconds
        let cpu = after.cpuSeconds - before.cpuSeconds
        Figure("checks_rate", runs / took, "runs/s").report()
        Figure("checks_cpu", 100 * cpu / took, "percent").report()
        Figure("checks_cpu_per_run", 1e6 * cpu / max(1, runs), "us").report()
        Figure("checks_rss", after.residentMegabytes, "MB").report()
    }

    private func report(_ checks: JSON, _ system: JSON) throws {
        let good = checks["states"]?["ok"]?.int ?? 0
        guard good == count else {
            throw BenchError("Only \(good) of \(count) checks are ok: \(checks.text)")
        }
        for (name, figures) in [
            ("checks_lateness", checks["lateness_ms"]), ("checks_loop_lag", system["loop_lag_ms"]),
        ] {
            for member in ["p50", "p99", "max"] {
                guard let value = figures?[member]?.double else {
                    throw BenchError("The daemon does not say \(name) \(member).")
                }
                Figure("\(name)_\(member)", value, "ms").report()
            }
        }
    }
}
