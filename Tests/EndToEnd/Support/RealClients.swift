import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// A daemon with every door open, a token for it, and programs of other people's to go through them.
struct RealClients {
    /// What a program has said.
    struct Outcome {
        let exit: CInt
        let output: String
        let errors: String
    }

    let daemon: Daemon
    /// Where HTTP and WebSocket are served.
    let address: String

    /// `scripts/setup.sh test` installs them, where it reaches the registry.
    static let pythonIsNeeded: ConditionTrait = .enabled(
        if: access(python, X_OK) == 0, "no .build-python; scripts/setup.sh test makes it")

    private static let python = Programs.repository + "/.build-python/bin/python"
    private static let configuration: JSON = [
        "schema": 1, "server": ["http": ["listen": ["127.0.0.1:0"]]],
        "plugins": [["name": "monitoring"]],
    ]

    /// The file with the token, and the one with the header that carries it.
    var token: String { daemon.folder.file("token") }
    var header: String { daemon.folder.file("header") }

    static func run(_ body: (RealClients) async throws -> Void) async throws {
        try await Daemon.run(configuration) { daemon in
            let made = try await daemon.opsloop(
                "token", "create", "--name", "stranger", "--role", "operator", "--output", "json")
            let stats = try await daemon.connect().call("system.stats")
            guard let token = made.json["token"]?.string,
                let address = stats["transports"]?["http"]?["listening"]?[0]?.string
            else { throw TestFailure("no token or no address: \(made.errors)") }
            try daemon.folder.write(token, to: "token")
            try daemon.folder.write("Authorization: Bearer \(token)\n", to: "header")
            try await body(RealClients(daemon: daemon, address: address))
        }
    }

    /// Runs one of the scripts in `Tests/Support/RealClients`.
    func python(_ script: String, _ arguments: String...) async throws -> Outcome {
        try await run(
            [Self.python, "\(Programs.repository)/Tests/Support/RealClients/\(script)"] + arguments)
    }

    /// Asks for a path; the answer's status is the last line of the output.
    func curl(_ path: String, _ arguments: String...) async throws -> Outcome {
        try await run(
            ["curl", "--silent", "--show-error", "--max-time", "\(TestClient.patience)"]
                + ["--write-out", "\n%{http_code}"] + arguments + ["http://\(address)\(path)"])
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
        let errors = "errors-of-client"
        let program = try ChildProgram(
            arguments, environment: Programs.environment(home: daemon.folder.path),
            directory: daemon.folder.path, errors: daemon.folder.file(errors))
        let output = try await program.rest()
        guard case .exited(let exit) = try await program.ending() else {
            throw TestFailure("\(arguments) was ended by a signal")
        }
        return Outcome(exit: exit, output: output, errors: daemon.folder.read(errors))
    }
}

extension RealClients.Outcome {
    /// What `curl` was answered.
    var body: String {
        output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "\n")
    }

    var status: String { output.split(separator: "\n").last.map(String.init) ?? "" }

    var json: JSON { (try? JSON.parse(body)) ?? .null }
}
