import ArgumentParser
import Glibc
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
        let workspace = try Workspace()
        let web = try WebServer()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "monitoring"}]}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let client = try daemon.connect()
        try apply(client, port: web.port)
        try watch(client)
        Figure("apply_rss", try ProcessUsage(of: daemon.id).residentMegabytes, "MB").report()
        try applyAgain(client, port: web.port)
    }

    private func apply(_ client: Client, port: Int) throws {
        let state = self.state(port: port)
        let start = ContinuousClock.now
        let applied = try client.call("check.apply", ["state": state, "limit": 0])
        let took = (ContinuousClock.now - start).inSeconds
        let made = applied["counts"]?["made_checks"]?["created"]?.int
        guard made == targets * templates else {
            throw BenchError("\(applied.text) was answered, not \(targets * templates) checks")
        }
        Figure("apply", took, "s", .atMost(5)).report()
    }

    /// A state that changes nothing.
    private func applyAgain(_ client: Client, port: Int) throws {
        let state = self.state(port: port)
        let start = ContinuousClock.now
        _ = try client.call("check.apply", ["state": state, "limit": 0])
        Figure("apply_unchanged", (ContinuousClock.now - start).inSeconds, "s").report()
    }

    /// Counts the runs of each second.
    private func watch(_ client: Client) throws {
        var runs: [Double] = []
        var last = try client.call("check.stats")["runs"]?.double ?? 0
        var time = ContinuousClock.now
        for _ in 0..<seconds {
            Pause.seconds(1)
            let now = try client.call("check.stats")["runs"]?.double ?? 0
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

    private func state(port: Int) -> JSON {
        let targets = (0..<self.targets).map { number -> JSON in
            [
                "name": .string("host-\(number)"),
                "address": "127.0.0.1",
                "labels": ["site": .string("site-\(number % 50)"), "role": "server"],
            ]
        }
        let templates = (0..<self.templates).map { number -> JSON in
            [
                "name": .string("service-\(number)"), "match": "role=server", "type": "tcp",
                "host": "{{ address }}", "port": .number(JSON.Number(port)),
                "interval_ms": .number(JSON.Number(intervalMs)),
            ]
        }
        return ["targets": .array(targets), "templates": .array(templates)]
    }
}
