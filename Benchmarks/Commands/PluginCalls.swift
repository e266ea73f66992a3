import ArgumentParser
import OpsJSONRPC

/// Calls that cross to an external plugin in C and back.
struct PluginCalls: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "Calls to an external plugin: how long one takes, how many a second.")

    @Option(help: "How often each is measured.") var rounds = 5
    @Option(help: "Seconds of one measurement.") var seconds = 2.0

    func run() throws {
        let workspace = try Workspace()
        let plugin: JSON = [
            "name": "echo", "exec": [.string(Program.ourselves.path), "serve-plugin"],
        ]
        let config: JSON = ["schema": 1, "plugins": [plugin]]
        let daemon = try Daemon(
            workspace, config: try workspace.write(config.text, to: "plugins.json"))
        defer { daemon.stop() }
        let alone = try measure(1, daemon)
        Figure("plugin_call_p50", alone.map(\.p50).median, "us", .atMost(150)).report()
        Figure("plugin_call_p99", alone.map(\.p99).median, "us").report()
        let busy = try measure(64, daemon)
        Figure("plugin_64_in_flight", busy.map(\.perSecond).median, "calls/s", .atLeast(20_000))
            .report()
        try measurePing(daemon)
    }

    private func measure(_ inFlight: Int, _ daemon: Daemon) throws -> [LoadResult] {
        let load = Load(
            request: LoadRequest(method: "echo.ping"), connections: 1, inFlight: inFlight,
            seconds: seconds)
        return try (0..<max(1, rounds)).map { _ in try daemon.press(load) }
    }

    /// What somebody else's ping takes while the plugin has all it can do.
    private func measurePing(_ daemon: Daemon) throws {
        let presser = try Program.ourselves.start([
            "press", daemon.socketPath, "echo.ping", "--seconds", "\(seconds + 2)",
        ])
        let ping = try daemon.press(Load(connections: 1, inFlight: 1, seconds: seconds))
        presser.stop()
        Figure("plugin_busy_ping_p99", ping.p99 / 1000, "ms", .atMost(20)).report()
    }
}
