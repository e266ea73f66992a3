import ArgumentParser
import Glibc
import OpsJSONRPC

/// How many plugins a second are run, beside what others run on the same machine.
struct Executions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "executions",
        abstract: "Runs of a Nagios plugin a second, beside nagios4 and icinga2.",
        discussion: """
            Each engine is asked for more than it can do: every check is due once a second. The \
            plugin is a few lines of C that append a byte to a file, whose size is what counts.
            """)

    @Option(help: "How many checks.") var checks = 6000
    @Option(help: "Seconds before the measurement.") var warmUp = 10.0
    @Option(help: "Seconds of the measurement.") var seconds = 15.0

    func run() throws {
        let ours = try measureOurs()
        Figure("executions", ours, "runs/s").report()
        var best = 0.0
        for engine in [Nagios.self, Icinga.self] as [any CheckEngine.Type] {
            guard let rate = try measure(engine) else {
                print("executions_\(engine.name) is skipped: it is not installed")
                continue
            }
            Figure("executions_\(engine.name)", rate, "runs/s").report()
            best = max(best, rate)
        }
        guard best > 0 else { return }
        Figure("executions_ratio", ours / best, "of the better one", .atLeast(1.5)).report()
    }

    private func measureOurs() throws -> Double {
        let workspace = try Workspace()
        let (command, counter) = try plugin(workspace)
        let monitor = try Monitor()
        defer { monitor.stop() }
        try monitor.create(checks) { number in
            [
                "name": .string("exec-\(number)"), "type": "exec", "interval_ms": 1000,
                "command": .array(command.map { .string($0) }),
            ]
        }
        return try rate(counter)
    }

    private func measure(_ engine: any CheckEngine.Type) throws -> Double? {
        let workspace = try Workspace()
        let (command, counter) = try plugin(workspace)
        guard let running = try engine.start(workspace, command: command, checks: checks) else {
            return nil
        }
        defer { running.stop() }
        return try rate(counter)
    }

    private func rate(_ counter: String) throws -> Double {
        // Some read their configuration for longer than the warm-up takes.
        let patience = ContinuousClock.now + .seconds(60)
        while size(counter) == 0, ContinuousClock.now < patience { Pause.seconds(0.1) }
        Pause.seconds(warmUp)
        let before = size(counter)
        let start = ContinuousClock.now
        Pause.seconds(seconds)
        let rate = Double(size(counter) - before) / (ContinuousClock.now - start).inSeconds
        guard rate > 0 else { throw BenchError("Nothing was run.") }
        return rate
    }

    private func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Compiles the plugin; answers how it is called, and the file that grows with each run.
    private func plugin(_ workspace: Workspace) throws -> (command: [String], counter: String) {
        let source = try workspace.write(
            """
            #include <fcntl.h>
            #include <unistd.h>
            int main(int count, char **words) {
                int file = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
                if (count != 2 || file < 0 || write(file, "x", 1) != 1) return 3;
                return write(1, "OK\\n", 3) == 3 ? 0 : 3;
            }
            """, to: "plugin.c")
        let program = workspace.file("plugin")
        try Program(path: "cc").start(["-O2", "-o", program, source]).waitForSuccess()
        let counter = workspace.file("runs")
        return ([program, counter], counter)
    }
}
