import ArgumentParser
import OpsJSONRPC

/// Running SLA clocks: they stand in one order, and one timer waits for the first of them.
struct ClocksBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clocks",
        abstract: "Lets 100,000 SLA clocks run, and measures what that costs while nothing is due.")

    @Option(help: "How many tickets; each has two clocks.") var tickets = 50_000
    @Option(help: "How many tickets one request imports.") var piece = 5000
    @Option(help: "Seconds of idleness.") var seconds = 20.0

    func run() throws {
        let workspace = try Workspace()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "ticketing"}]}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let client = try daemon.connect()
        _ = try client.call(
            "sla.create",
            [
                "name": "all", "rank": 1,
                "targets": [
                    ["metric": "response", "target_ms": 864_000_000],
                    ["metric": "resolution", "target_ms": 8_640_000_000],
                ],
            ])
        let before = try idle(daemon, "clocks_none")
        for first in stride(from: 0, to: tickets, by: piece) {
            let lines = (first..<min(tickets, first + piece)).map {
                #"{"source": "bench:\#($0)", "kind": "incident", "title": "ticket \#($0)"}"#
            }
            _ = try client.call(
                "ticket.import", ["text": .string(lines.joined(separator: "\n")), "limit": 0])
        }
        let counted = try client.call("sla.status", [:])
        let running = counted["items"]?.array?.reduce(0) { $0 + ($1["running"]?.int ?? 0) }
        guard running == 2 * tickets else {
            throw BenchError("Not all of \(2 * tickets) clocks run: \(counted.text)")
        }
        let after = try idle(daemon, "clocks_running")
        Figure("clocks_cpu", after.cpu - before.cpu, "percent", .atMost(1)).report()
        Figure("clocks_rss", after.rss - before.rss, "MB more").report()
    }

    private func idle(_ daemon: Daemon, _ name: String) throws -> (cpu: Double, rss: Double) {
        let before = try ProcessUsage(of: daemon.id)
        Pause.seconds(seconds)
        let after = try ProcessUsage(of: daemon.id)
        let cpu = 100 * (after.cpuSeconds - before.cpuSeconds) / seconds
        Figure("\(name)_rss", after.residentMegabytes, "MB").report()
        Figure("\(name)_cpu", cpu, "percent").report()
        return (cpu, after.residentMegabytes)
    }
}
