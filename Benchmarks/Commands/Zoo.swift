import ArgumentParser
import OpsJSONRPC

/// What others notice of a plugin that misbehaves.
struct Zoo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long a ping takes while a plugin misbehaves, each in its own way.")

    @Option(help: "Seconds of one measurement.") var seconds = 5.0

    private static let link = #"{"from":"a:1","relation":"r","to":"b:1"}"#

    func run() throws {
        for how in [
            "floods_lines", "prints_garbage", "large_frame", "eats_memory", "forks",
            "sleeps_in_hook",
        ] {
            let p99 = try measure(how)
            Figure("zoo_\(how)_ping_p99", p99 / 1000, "ms", .atMost(20)).report()
        }
    }

    private func measure(_ how: String) throws -> Double {
        let workspace = try Workspace()
        let config = try workspace.write(configuration(how).text, to: "plugins.json")
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let presser = how == "sleeps_in_hook" ? try callsWithHook(daemon) : nil
        defer { presser?.stop() }
        let ping = try daemon.press(Load(connections: 1, inFlight: 1, seconds: seconds))
        let plugin = try daemon.connect().call("plugin.get", ["plugin": "animal"])
        guard plugin["state"] != "failed" else {
            throw BenchError("The plugin \(how) was given up meanwhile: \(plugin.text)")
        }
        return ping.p99
    }

    /// Makes calls before each of which the plugin's hook is asked.
    private func callsWithHook(_ daemon: Daemon) throws -> RunningProgram {
        try Program.ourselves.start([
            "press", daemon.socketPath, "link.create", "--params", Self.link, "--seconds",
            "\(seconds + 2)",
        ])
    }

    /// It is started again at once, as often as it has to be ended.
    private func configuration(_ how: String) -> JSON {
        let plugin: JSON = [
            "name": "animal", "on_failure": "degrade",
            "exec": [.string(Program.ourselves.path), "serve-zoo", .string(how)],
            "grants": ["hooks": ["link.before_create"]],
            "policy": [
                "max_rss_bytes": 268_435_456,
                "restart": [
                    "initial_ms": 50, "max_ms": 50, "max_in_window": 100_000, "mode": "always",
                ],
            ],
        ]
        return ["schema": 1, "plugins": [plugin]]
    }
}
