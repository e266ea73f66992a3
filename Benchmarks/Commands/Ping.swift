import ArgumentParser
import Glibc

/// `system.ping` through the socket, beside an echo server in C.
struct Ping: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calls answered per second through the socket, beside a C echo server.")

    @Option(help: "How often each server is measured, alternating.") var rounds = 5
    @Option(help: "Seconds of one measurement.") var seconds = 2.0

    func run() throws {
        let workspace = try Workspace()
        let floor = try EchoFloor(workspace)
        let config = try workspace.write(#"{"schema": 1, "plugins": []}"#, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        for (connections, inFlight) in [(50, 1), (8, 32)] {
            let load = Load(connections: connections, inFlight: inFlight, seconds: seconds)
            try compare(load, daemon, with: floor)
        }
    }

    private func compare(_ load: Load, _ daemon: Daemon, with echo: EchoFloor) throws {
        var floor: [LoadResult] = []
        var ours: [LoadResult] = []
        for _ in 0..<max(1, rounds) {
            floor.append(try load.press(.socket(echo.socketPath)))
            ours.append(try daemon.press(load))
        }
        report("ping_\(load.name)_floor", floor)
        report("ping_\(load.name)", ours)
        let ratio = ours.map(\.perSecond).median / floor.map(\.perSecond).median
        Figure("ping_\(load.name)_ratio", ratio, "ratio").report()
    }

    private func report(_ name: String, _ results: [LoadResult]) {
        Figure(name, results.map(\.perSecond).median, "calls/s").report()
        Figure("\(name)_p50", results.map(\.p50).median, "us").report()
        Figure("\(name)_p99", results.map(\.p99).median, "us").report()
    }
}
