import ArgumentParser
import Glibc

/// The daemon that nobody calls.
struct Idle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Memory and CPU of a daemon with the default configuration.")

    @Option(help: "The configuration.") var config = "plugins.json"
    @Option(help: "Seconds of idleness.") var seconds = 20.0

    func validate() throws {
        guard access(config, R_OK) == 0 else {
            throw ValidationError("There is no file \(config); give one with --config.")
        }
    }

    func run() throws {
        let workspace = try Workspace()
        let daemon = try Daemon(workspace, config: config)
        defer { daemon.stop() }
        let before = try ProcessUsage(of: daemon.id)
        Pause.seconds(seconds)
        let after = try ProcessUsage(of: daemon.id)
        Figure("idle_rss", after.residentMegabytes, "MB").report()
        let cpu = after.cpuSeconds - before.cpuSeconds
        Figure("idle_cpu", 100 * cpu / seconds, "percent").report()
    }
}
