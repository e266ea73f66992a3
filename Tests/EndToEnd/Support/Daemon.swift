import Glibc
import OpsJSONRPC
import TestClient

/// The real daemon on a folder of its own, and the command line that talks to it.
final class Daemon {
    /// What a command line has said.
    struct Outcome {
        let exit: CInt
        let output: String
        let errors: String

        var json: JSON { (try? JSON.parse(output)) ?? .null }
    }

    let folder: TemporaryFolder
    /// The configuration that tests start with: no checks, and intervals as short as a test wants.
    static let configuration: JSON = [
        "schema": 1, "plugins": [["name": "monitoring", "config": ["min_interval_ms": 10]]],
    ]

    private(set) var program: ChildProgram
    private let notify: NotifySocket
    private var runs = 0

    var data: String { folder.file("data") }
    var socket: String { data + "/opsloop.sock" }
    var log: String { folder.read("log") }

    private init(_ configuration: JSON) async throws {
        folder = try TemporaryFolder()
        try folder.write(configuration.text, to: "plugins.json")
        notify = try NotifySocket(folder.file("notify"))
        program = try Self.launch(folder, notify)
    }

    /// Starts a daemon, runs `body` once it answers, and ends it whatever happens.
    static func run(
        _ configuration: JSON = configuration, _ body: (Daemon) async throws -> Void
    ) async throws {
        let daemon = try await Daemon(configuration)
        do {
            try await daemon.untilReady()
            try await body(daemon)
        } catch {
            await daemon.program.end()
            throw error
        }
        await daemon.program.end()
    }

    private static func launch(
        _ folder: TemporaryFolder, _ notify: NotifySocket
    ) throws -> ChildProgram {
        var environment = Programs.environment(home: folder.path)
        environment["NOTIFY_SOCKET"] = notify.path
        return try ChildProgram(
            [
                Programs.path("opsloopd"), "--config", folder.file("plugins.json"), "--data",
                folder.file("data"),
            ], environment: environment, directory: folder.path, errors: folder.file("log"))
    }

    // MARK: - Its life

    /// What the daemon tells systemd next; nil when it has ended instead.
    func notification() async throws -> String? { try await notify.message(of: program) }

    func untilReady() async throws {
        while let message = try await notification() {
            if message.contains("READY=1") { return }
        }
        throw TestFailure("the daemon did not start: \(log)")
    }

    /// Stops the daemon as a service manager does.
    func stop() async throws -> ChildProgram.Ending {
        program.send(SIGTERM)
        return try await program.ending()
    }

    /// What a power failure does to the process.
    func crash() async throws {
        program.send(SIGKILL)
        _ = try await program.ending()
    }

    func start() async throws {
        program = try Self.launch(folder, notify)
        try await untilReady()
    }

    // MARK: - Talking to it

    func connect() throws -> TestClient { try TestClient(socket) }

    /// Starts `opsloop` with these arguments; its errors go to a file, or to a terminal.
    func begin(
        _ arguments: [String], terminal: PseudoTerminal? = nil
    ) throws -> (program: ChildProgram, errors: String) {
        try begin(command: [Programs.path("opsloop")] + arguments, terminal: terminal)
    }

    private func begin(
        command: [String], terminal: PseudoTerminal? = nil
    ) throws -> (program: ChildProgram, errors: String) {
        runs += 1
        let errors = "errors-\(runs)"
        var environment = Programs.environment(home: folder.path)
        environment["OPSLOOP_SOCKET"] = socket
        let program = try ChildProgram(
            command, environment: environment, directory: folder.path,
            errors: terminal?.path ?? folder.file(errors))
        return (program, errors)
    }

    /// Runs `opsloop` to its end.
    func opsloop(_ arguments: String...) async throws -> Outcome {
        try await outcome(of: [Programs.path("opsloop")] + arguments)
    }

    /// Runs a line of the shell to its end, in which `opsloop` talks to this daemon.
    func shell(_ line: String) async throws -> Outcome {
        try await outcome(of: ["sh", "-c", line])
    }

    private func outcome(of command: [String]) async throws -> Outcome {
        let (program, errors) = try begin(command: command)
        let output = try await program.rest()
        guard case .exited(let exit) = try await program.ending() else {
            throw TestFailure("\(command) was ended by a signal")
        }
        return Outcome(exit: exit, output: output, errors: folder.read(errors))
    }

    /// Runs another `opsloopd` beside this one to its end.
    func another(_ arguments: String...) async throws -> Outcome {
        runs += 1
        let errors = "errors-\(runs)"
        let program = try ChildProgram(
            [Programs.path("opsloopd")] + arguments,
            environment: Programs.environment(home: folder.path), directory: folder.path,
            errors: folder.file(errors))
        let output = try await program.rest()
        guard case .exited(let exit) = try await program.ending() else {
            throw TestFailure("opsloopd \(arguments) was ended by a signal")
        }
        return Outcome(exit: exit, output: output, errors: folder.read(errors))
    }

    /// Asks for a check again and again until it is as the test waits for.
    func check(_ name: String, until isSo: (JSON) -> Bool) async throws -> JSON {
        let client = try connect()
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var check = JSON.null
        while ContinuousClock.now < end {
            check = try await client.call("check.get", ["check": .string(name)])
            if isSo(check) { return check }
        }
        throw TestFailure("the check is still \(check.text)")
    }

    /// Waits until so many checks are being run.
    func untilRunning(_ count: Int) async throws {
        let client = try connect()
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        while ContinuousClock.now < end {
            if try await client.call("check.stats")["running"]?.int == count { return }
        }
        throw TestFailure("there are never \(count) checks running")
    }
}
