import ArgumentParser
import OpsJSONRPC

/// As many native checks a second as the goal asks for: TCP, HTTP and ICMP, each a third.
///
/// Every target has an address of its own, and HTTP makes a new connection for each run, as it is
/// with many servers. The responder is a few lines of C on the same two cores.
struct Native: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "native",
        abstract: "Lateness, loop lag and CPU with 10,000 tcp, http and icmp checks a second.")

    @Option(help: "How many targets; each has three checks.") var targets = 10_000
    @Option(help: "Milliseconds between two runs of a check.") var intervalMs = 3000
    @Option(help: "How many checks may run at a time.") var concurrent = 1024
    @Option(help: "Seconds before the measurement: the checks' first runs.") var warmUp = 12.0
    @Option(help: "Seconds of the measurement.") var seconds = 30.0

    func run() throws {
        let web = try WebServer(onAllAddresses: true)
        let monitor = try Monitor(concurrent: concurrent)
        defer { monitor.stop() }
        let state = DesiredTargets(count: targets).state([
            template("tcp", ["host": "{{ address }}", "port": .number(JSON.Number(web.port))]),
            template(
                "http",
                [
                    "url": .string("http://{{ address }}:\(web.port)/"), "reuse_connection": false,
                ]),
            template("icmp", ["host": "{{ address }}", "packet_count": 1]),
        ])
        _ = try monitor.apply(state, making: targets * 3)
        Pause.seconds(warmUp)
        let expected = Double(targets * 3) * 1000 / Double(intervalMs)
        try monitor.measure("native", seconds: seconds, .atLeast(expected * 0.99))
        try monitor.reportLateness("native", of: targets * 3, p99: .atMost(50))
    }

    private func template(_ type: String, _ members: JSON.Object) -> JSON {
        var template: JSON.Object = [
            "name": .string(type), "type": .string(type), "match": "role=server",
            "interval_ms": .number(JSON.Number(intervalMs)),
        ]
        for (name, value) in members { template[name] = value }
        return .object(template)
    }
}
