import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Who may do what, by the real daemon and the real command line.
@Suite("Access", .timeLimit(.minutes(3)))
struct AccessTests {
    private func newToken(_ daemon: Daemon, _ options: String...) async throws -> String {
        let (program, errors) = try daemon.begin(["token", "create", "a test"] + options)
        let token = try await program.rest()
        #expect(try await program.ending() == .exited(0))
        #expect(daemon.folder.read(errors).contains("token:1 a test created"))
        #expect(token.hasPrefix("opsl1_"))
        return try daemon.folder.write(token, to: "token")
    }

    @Test func `a token is made, narrowed offline, used from a file and revoked`() async throws {
        try await Daemon.run { daemon in
            let token = try await newToken(daemon, "--role", "operator")
            let narrow = try await daemon.opsloop(
                "token", "narrow", token, "--method", "check.list", "--not-after", "+1h")
            let narrowed = try daemon.folder.write(narrow.output, to: "narrowed")

            let listed = try await daemon.opsloop("check", "list", "--token-file", narrowed)
            #expect(listed.exit == 0, "\(listed.errors)")
            let denied = try await daemon.opsloop("--token-file", narrowed, "audit", "list")
            #expect(denied.exit == 4)
            #expect(
                denied.errors.contains(
                    "The token 1 may not make this call of audit.list: it allows only the methods "
                        + "check.list."))
            #expect(try await daemon.opsloop("--token-file", token, "audit", "list").exit == 0)
            #expect(try await daemon.opsloop("--token-file", token, "system", "reload").exit == 4)

            #expect(try await daemon.opsloop("token", "revoke", "token:1").exit == 0)
            let revoked = try await daemon.opsloop("check", "list", "--token-file", narrowed)
            #expect(revoked.exit == 4)
            #expect(revoked.errors.contains("The token 1 was revoked."))

            let denials = try await daemon.opsloop(
                "audit", "list", "--outcome", "forbidden", "-o", "json")
            #expect(
                denials.json["items"]?.array?.compactMap { $0["method"]?.string }
                    == ["system.reload", "audit.list"])
            #expect(try await daemon.opsloop("audit", "verify").exit == 0)
        }
    }

    @Test func `a token comes from a descriptor that the shell has opened`() async throws {
        try await Daemon.run { daemon in
            let token = try await newToken(daemon, "--role", "viewer")
            var environment = Programs.environment(home: daemon.folder.path)
            environment["OPSLOOP_SOCKET"] = daemon.socket
            let shell = try ChildProgram(
                ["bash", "-c", "opsloop --token-fd 3 token list -o json 3<\(token)"],
                environment: environment, directory: daemon.folder.path,
                errors: daemon.folder.file("errors"))
            let output = try await shell.rest()
            #expect(
                try await shell.ending() == .exited(0), "\(daemon.folder.read("errors"))")
            #expect(try JSON.parse(output)["items"]?[0]?["role"] == "viewer")
        }
    }

    @Test func `a database that was changed by hand is found, with an exit code`() async throws {
        try await Daemon.run { daemon in
            _ = try await newToken(daemon, "--role", "viewer")
            let verified = try await daemon.opsloop("audit", "verify", "-o", "json")
            #expect(verified.exit == 0)
            let head = try #require(verified.json["head"]?.string)
            #expect(try await daemon.stop() == .exited(0))
            #expect(
                try await Programs.run(
                    "sqlite3", daemon.data + "/opsloop.db",
                    "UPDATE audit SET principal = 'uid:1' WHERE action = 'token.create'"))
            try await daemon.start()
            let found = try await daemon.opsloop("audit", "verify", "-o", "json")
            #expect(found.exit == 1)
            #expect(found.json["ok"] == false)
            #expect(found.json["first_bad_seq"]?.int == Int(head.prefix { $0 != ":" }))
            #expect(
                try await daemon.opsloop("audit", "verify", "--expected-head", head).exit == 1)
        }
    }

    // MARK: - Other users

    private static let canChangeUser =
        geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0

    /// Runs `opsloop` as another user.
    private func opsloop(
        _ daemon: Daemon, as privileges: [String], _ arguments: String...
    ) async throws -> CInt {
        var environment = Programs.environment(home: "/")
        environment["OPSLOOP_SOCKET"] = daemon.socket
        let program = try ChildProgram(
            ["setpriv"] + privileges + [Programs.path("opsloop")] + arguments,
            environment: environment, directory: "/", errors: "/dev/null")
        _ = try await program.rest()
        guard case .exited(let code) = try await program.ending() else {
            throw TestFailure("opsloop was ended by a signal")
        }
        return code
    }

    @Test(.enabled(if: canChangeUser))
    func `another user may do what the configuration says, and more by a reload`() async throws {
        var configuration = Daemon.configuration.object ?? [:]
        configuration["server"] = ["socket_mode": "0666"]
        configuration["access"] = ["members": ["gid:5100": "viewer"]]
        try await Daemon.run(.object(configuration)) { daemon in
            chmod(daemon.folder.path, 0o755)
            chmod(daemon.data, 0o711)
            let member = ["--reuid=5001", "--regid=5001", "--groups=5100"]
            let stranger = ["--reuid=5002", "--regid=5002", "--clear-groups"]
            #expect(try await opsloop(daemon, as: member, "check", "list") == 0)
            #expect(try await opsloop(daemon, as: member, "token", "create", "x") == 4)
            #expect(try await opsloop(daemon, as: stranger, "check", "list") == 4)

            configuration["access"] = ["members": ["uid:5002": "operator"]]
            try daemon.folder.write(JSON.object(configuration).text, to: "plugins.json")
            #expect(try await daemon.opsloop("system", "reload").exit == 0)
            #expect(try await opsloop(daemon, as: member, "check", "list") == 4)
            #expect(try await opsloop(daemon, as: stranger, "check", "list") == 0)
        }
    }
}
