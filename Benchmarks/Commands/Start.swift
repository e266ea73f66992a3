import ArgumentParser
import Glibc
import OpsJSONRPC

/// How long the daemon and the client take to be there.
struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Milliseconds from the start of a program to its first answer.")

    @Option(help: "How often each start is measured.") var times = 10

    func run() throws {
        let workspace = try Workspace()
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "monitoring"}]}"#, to: "plugins.json")
        try measureFresh(workspace, config)
        try measureAgain(workspace, config)
        try measureClient(workspace, config)
    }

    private func measureFresh(_ workspace: Workspace, _ config: String) throws {
        let durations = try (0..<times).map { number in
            try Daemon(workspace, config: config, data: "fresh-\(number)").startDuration
        }
        Figure("start_fresh", durations.median).report()
    }

    private func measureAgain(_ workspace: Workspace, _ config: String) throws {
        let first = try Daemon(workspace, config: config)
        try first.connect().call("check.create", all: (0..<20).map(Self.check))
        first.stop()
        let durations = try (0..<times).map { _ in
            try Daemon(workspace, config: config).startDuration
        }
        Figure("start_existing", durations.median).report()
    }

    private func measureClient(_ workspace: Workspace, _ config: String) throws {
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        try report("start_cli_version", ["--version"])
        try report("start_cli_check_list", ["--socket", daemon.socketPath, "check", "list"])
    }

    private func report(_ name: String, _ arguments: [String]) throws {
        let durations = try (0..<times * 2).map { _ in
            let start = ContinuousClock.now
            try Program.client.start(arguments).waitForSuccess()
            return ContinuousClock.now - start
        }
        Figure(name, durations.median).report()
    }

    /// A check that waits to be fed, so that nothing runs beside the measurement.
    private static func check(_ number: Int) -> JSON {
        ["name": .string("job-\(number)"), "type": "heartbeat", "interval_ms": 3_600_000]
    }
}
