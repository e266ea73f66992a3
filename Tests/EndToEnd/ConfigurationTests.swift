import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Mistakes in `plugins.json` are named before anything is touched: plugin, key and value.
@Suite("The configuration", .timeLimit(.minutes(3)))
struct ConfigurationTests {
    /// Runs `opsloopd` to its end.
    private func opsloopd(
        _ folder: TemporaryFolder, _ arguments: String...
    ) async throws -> (exit: ChildProgram.Ending, output: String, errors: String) {
        let program = try ChildProgram(
            [Programs.path("opsloopd"), "--config", folder.file("plugins.json")] + arguments,
            environment: Programs.environment(home: folder.path), directory: folder.path,
            errors: folder.file("errors"))
        let output = try await program.rest()
        return (try await program.ending(), output, folder.read("errors"))
    }

    @Test(arguments: [
        (#"{"schema":1,"#, "plugins.json: ", "at byte"),
        (#"{"schema":2,"plugins":[]}"#, "plugins.json: schema must be 1", "(found 2)"),
        (#"{"schema":1}"#, "plugins.json: plugins", "required"),
        (#"{"schema":1,"plugins":[],"plugin":7}"#, "plugins.json: plugin", "(found 7)"),
        (#"{"schema":1,"schema":1,"plugins":[]}"#, "plugins.json: ", "schema"),
        (
            #"{"schema":1,"plugins":[{"name":"monitorin"}]}"#, "monitorin: no such plugin",
            "did you mean monitoring?"
        ),
        (
            #"{"schema":1,"plugins":[{"name":"monitoring"},{"name":"monitoring"}]}"#,
            "plugins[1].name", "second time"
        ),
        (
            #"{"schema":1,"plugins":[{"name":"monitoring","config":{"min_interval_ms":"soon"}}]}"#,
            "monitoring: min_interval_ms", #"(found "soon")"#
        ),
        (
            #"{"schema":1,"plugins":[{"name":"monitoring","config":{"interval":5}}]}"#,
            "monitoring: interval", "(found 5)"
        ),
        (
            #"{"schema":1,"plugins":[{"name":"monitoring","config":{"checks":[{"name":"a","type":"http","url":"ftp://x"}]}}]}"#,
            "monitoring: checks[0].url", #"(found "ftp://x")"#
        ),
        (
            #"{"schema":1,"server":{"max_connections":0},"plugins":[]}"#,
            "plugins.json: server.max_connections", "(found 0)"
        ),
        (
            #"{"schema":1,"core":{"event_retention_days":"x"},"plugins":[]}"#,
            "plugins.json: core.event_retention_days", #"(found "x")"#
        ),
    ])
    func `a mistake is named with its place and its value`(
        text: String, place: String, detail: String
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "plugins.json")
        let checked = try await opsloopd(folder, "--check-config")
        #expect(checked.exit == .exited(EX_CONFIG))
        #expect(checked.output.isEmpty)
        #expect(checked.errors.contains(place), "\(checked.errors)")
        #expect(checked.errors.contains(detail), "\(checked.errors)")
    }

    @Test func `a daemon with a wrong configuration does not start and touches nothing`()
        async throws
    {
        let folder = try TemporaryFolder()
        try folder.write(#"{"schema":1,"plugins":[{"name":"nothing"}]}"#, to: "plugins.json")
        let started = try await opsloopd(folder, "--data", folder.file("data"))
        #expect(started.exit == .exited(EX_CONFIG))
        #expect(started.errors.contains("nothing: no such plugin"))
        #expect(folder.status(of: "data") == nil)
    }

    @Test func `a file that is not there is named`() async throws {
        let folder = try TemporaryFolder()
        let checked = try await opsloopd(folder, "--check-config")
        #expect(checked.exit == .exited(EX_CONFIG))
        #expect(checked.errors.contains(folder.file("plugins.json")))
        #expect(checked.errors.contains("No such file or directory"))
    }

    @Test func `the configuration of the repository is fine`() async throws {
        let folder = try TemporaryFolder()
        let program = try ChildProgram(
            [Programs.path("opsloopd"), "--check-config"],
            environment: Programs.environment(home: folder.path),
            directory: Programs.repository, errors: folder.file("errors"))
        #expect(
            try await program.rest()
                == "plugins.json: ok; plugins: inventory, monitoring, ticketing\n")
        #expect(try await program.ending() == .exited(0), "\(folder.read("errors"))")
    }

    private static func configuration(checks: JSON) -> JSON {
        [
            "schema": 1,
            "plugins": [
                ["name": "monitoring", "config": ["min_interval_ms": 10, "checks": checks]]
            ],
        ]
    }

    private func names(_ daemon: Daemon) async throws -> [String] {
        let items = try await daemon.connect().call("check.list")["items"]?.array ?? []
        return items.compactMap { $0["name"]?.string }
    }

    /// Sends SIGHUP and waits until the daemon says that it is done.
    private func reload(_ daemon: Daemon) async throws {
        daemon.program.send(SIGHUP)
        #expect(try await daemon.notification()?.contains("RELOADING=1") == true)
        try await daemon.untilReady()
    }

    @Test func `SIGHUP gives the plugins their new settings`() async throws {
        let before = Self.configuration(checks: [["name": "a", "type": "heartbeat"]])
        try await Daemon.run(before) { daemon in
            #expect(try await names(daemon) == ["a"])
            let after = Self.configuration(checks: [["name": "b", "type": "heartbeat"]])
            try daemon.folder.write(after.text, to: "plugins.json")
            try await reload(daemon)
            #expect(try await names(daemon) == ["b"])
            #expect(daemon.log.contains("configuration reloaded"))
        }
    }

    @Test func `a reload of a wrong file changes nothing`() async throws {
        let before = Self.configuration(checks: [["name": "a", "type": "heartbeat"]])
        try await Daemon.run(before) { daemon in
            let after = Self.configuration(checks: [["name": "b", "type": "hartbeat"]])
            try daemon.folder.write(after.text, to: "plugins.json")
            try await reload(daemon)
            #expect(daemon.log.contains("configuration not reloaded; nothing changed"))
            #expect(daemon.log.contains("checks[0].type"))
            let refused = try await daemon.opsloop("system", "reload")
            #expect(refused.exit == 1)
            #expect(refused.errors.contains("checks[0].type"), "\(refused.errors)")
            #expect(try await names(daemon) == ["a"])
        }
    }
}
