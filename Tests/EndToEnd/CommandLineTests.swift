import OpsJSONRPC
import TestClient
import Testing

/// How the command line ends, and what it says when it ends badly.
@Suite("The command line and the daemon", .timeLimit(.minutes(3)))
struct CommandLineTests {
    @Test func `what works ends with 0`() async throws {
        try await Daemon.run { daemon in
            let ping = try await daemon.opsloop("system", "ping", "--output", "json")
            #expect(ping.exit == 0)
            #expect(ping.json == ["pong": true])
            #expect(ping.errors.isEmpty)
        }
    }

    @Test func `what the daemon refuses ends with 1, named by its option`() async throws {
        try await Daemon.run { daemon in
            let missing = try await daemon.opsloop("check", "get", "nothing")
            #expect(missing.exit == 1)
            #expect(missing.output.isEmpty)
            #expect(missing.errors.contains(#"There is no check "nothing"."#))
            #expect(missing.errors.contains("hint: check.list"))
            let wrong = try await daemon.opsloop(
                "call", "check.create", "name=x", "type=http", "url=nonsense")
            #expect(wrong.exit == 1)
            #expect(wrong.errors.contains("URL: is no address"), "\(wrong.errors)")
            let unknown = try await daemon.opsloop(
                "call", "check.create", "name=x", "type=http", "intervals:=5")
            #expect(unknown.exit == 1)
            #expect(unknown.errors.contains("intervals: is not a member"))
        }
    }

    @Test func `no daemon ends with 2`() async throws {
        try await Daemon.run { daemon in
            let away = try await daemon.opsloop("--socket", "/nonexistent", "system", "ping")
            #expect(away.exit == 2)
            #expect(away.errors.contains("opsloopd is not running at /nonexistent"))
        }
    }

    @Test func `wrong usage ends with 3`() async throws {
        try await Daemon.run { daemon in
            let unknown = try await daemon.opsloop("chekc", "list")
            #expect(unknown.exit == 3)
            #expect(unknown.errors.contains("there is no command"))
            let option = try await daemon.opsloop("check", "list", "--colour", "red")
            #expect(option.exit == 3)
            #expect(option.errors.contains("--colour"))
            let type = try await daemon.opsloop("check", "list", "--limit", "many")
            #expect(type.exit == 3)
            #expect(type.errors.contains("--limit"))
        }
    }

    @Test func `what cannot be written whole ends with 1, and says why`() async throws {
        try await Daemon.run { daemon in
            for call in ["system ping", "system ping -o json", "check list -o yaml", "--help"] {
                let cut = try await daemon.shell("opsloop \(call) >/dev/full")
                #expect(cut.exit == 1, "\(call)")
                #expect(
                    cut.errors == "error: cannot write: No space left on device\n", "\(call)")
            }
            // What is only said to people is no part of the answer.
            let unheard = try await daemon.shell("opsloop check list 2>/dev/full")
            #expect(unheard.exit == 0)
            let failed = try await daemon.shell("opsloop check get nothing 2>/dev/full")
            #expect(failed.exit == 1)
        }
    }

    @Test func `a connection that breaks is told`() async throws {
        try await Daemon.run { daemon in
            let gate = try await Gate(in: daemon.folder)
            try await daemon.connect().call(
                "check.create",
                [
                    "name": "waiting", "type": "exec", "interval_ms": 3_600_000,
                    "timeout_ms": 60_000, "command": gate.command,
                ])
            // Its first run is nobody's call.
            try await daemon.untilRunning(1)
            try await gate.open()
            try await daemon.untilRunning(0)
            let (program, errors) = try daemon.begin(["check", "run", "waiting"])
            try await daemon.untilRunning(1)
            try await daemon.crash()
            #expect(try await program.ending() == .exited(2))
            #expect(daemon.folder.read(errors).contains("closed the connection"))
            gate.openForWhoeverWaits()
        }
    }
}
