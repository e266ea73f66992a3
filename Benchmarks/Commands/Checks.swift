import ArgumentParser
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
        let web = try WebServer()
        let monitor = try Monitor()
        defer { monitor.stop() }
        let start = ContinuousClock.now
        try monitor.create(count) { number in
            [
                "name": .string("web-\(number)"), "type": "http",
                "url": .string("http://127.0.0.1:\(web.port)/\(number)"),
                "interval_ms": .number(JSON.Number(intervalMs)),
            ]
        }
        let took = (ContinuousClock.now - start).inSeconds
        Figure("checks_create", Double(count) / took, "checks/s").report()
        Pause.seconds(warmUp)
        try monitor.measure("checks", seconds: seconds)
        try monitor.reportLateness("checks", of: count)
    }
}
