import Glibc
import OpsJSONRPC

/// An `opsloopd` of our own, on a folder of our own.
final class Daemon {
    let socketPath: String
    /// From the start of the program to the first answered call.
    let startDuration: Duration
    private let program: RunningProgram
    private let logPath: String

    /// Starts a daemon and returns when it answers.
    ///
    /// - Parameters:
    ///   - data: The data folder's name in the workspace; an existing one is used again.
    ///   - folder: The data folder's path, when it lies elsewhere.
    init(
        _ workspace: Workspace, config: String, data: String = "data", folder: String? = nil
    ) throws {
        socketPath = workspace.file("socket-\(data)")
        logPath = workspace.file("log-\(data)")
        let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(log) }
        let start = ContinuousClock.now
        program = try Program.daemon.start(
            [
                "--config", config, "--data", folder ?? workspace.file(data), "--socket",
                socketPath,
            ], Program.Streams(output: log, error: log))
        try Self.waitUntilReady(program, socketPath, logPath)
        startDuration = ContinuousClock.now - start
    }

    var id: pid_t { program.id }

    /// Ends it and waits until it is gone.
    func stop() { program.stop() }

    func connect() throws -> Client { try Client(socketPath) }

    /// Presses it, through its socket unless something else is said.
    ///
    /// - Throws: ``BenchError``; when the daemon is gone, with the end of its log, because a broken
    ///   connection alone says nothing about who broke it.
    func press(_ load: Load, _ target: LoadTarget? = nil) throws -> LoadResult {
        do {
            return try load.press(target ?? .socket(socketPath))
        } catch {
            guard program.endsSoon else { throw error }
            throw BenchError(
                "\(error) opsloopd \(program.ending); its log:\n\(Self.lastLines(of: logPath))")
        }
    }

    private static func waitUntilReady(
        _ program: RunningProgram, _ socketPath: String, _ logPath: String
    ) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            // Until it listens there is nothing to connect to.
            if let client = try? Client(socketPath) {
                _ = try client.call("system.ping")
                return
            }
            guard !program.hasEnded, ContinuousClock.now < deadline else {
                throw BenchError("opsloopd does not answer; its log:\n\(lastLines(of: logPath))")
            }
            usleep(200)
        }
    }

    private static func lastLines(of path: String) -> String {
        guard let reader = try? LineReader(path: path) else { return "(none)" }
        var lines: [String] = []
        while let line = reader.next() {
            lines = lines.suffix(9) + [String(decoding: line, as: UTF8.self)]
        }
        return lines.joined(separator: "\n")
    }
}
