import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// How the daemon starts, stops, and keeps its place.
@Suite("The daemon's life", .timeLimit(.minutes(3)))
struct DaemonLifeTests {
    @Test func `the service manager hears that the daemon answers and that it stops`()
        async throws
    {
        try await Daemon.run { daemon in
            // `run` has heard READY=1.
            try await daemon.connect().call("system.ping")
            daemon.program.send(SIGTERM)
            #expect(try await daemon.notification() == "STOPPING=1\n")
            #expect(try await daemon.program.ending() == .exited(0))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal stops the daemon cleanly`(signal: CInt) async throws {
        try await Daemon.run { daemon in
            let idle = try daemon.connect()
            try await idle.call("system.ping")
            daemon.program.send(signal)
            #expect(try await idle.line() == nil)
            #expect(try await daemon.program.ending() == .exited(0))
            #expect(daemon.folder.status(of: "data/opsloop.sock") == nil)
            #expect(
                daemon.log.contains(
                    "opsloopd stops signal=\(signal == SIGTERM ? "SIGTERM" : "SIGINT")"))
            #expect(!daemon.log.contains(" error "), "\(daemon.log)")
        }
    }

    @Test func `a call that is being answered is answered before the daemon stops`() async throws {
        try await Daemon.run { daemon in
            let gate = try await Gate(in: daemon.folder)
            let client = try daemon.connect()
            try await client.call(
                "check.create",
                [
                    "name": "gate", "type": "exec", "interval_ms": 3_600_000,
                    "timeout_ms": 60_000, "command": gate.command,
                ])
            try await client.begin("check.run", ["check": "gate"])
            try await daemon.untilRunning(1)
            daemon.program.send(SIGTERM)
            #expect(try await daemon.notification() == "STOPPING=1\n")
            try await gate.open()
            let answer = try await client.message()
            #expect(answer["result"]?["state"] == "ok", "\(answer.text)")
            #expect(answer["result"]?["output"] == "fine")
            #expect(try await daemon.program.ending() == .exited(0))
        }
    }

    @Test func `the socket is its owner's, in a folder that is its owner's`() async throws {
        try await Daemon.run { daemon in
            let status = daemon.folder.status(of:)
            #expect(status("data")?.st_mode == S_IFDIR | 0o700)
            #expect(status("data/opsloop.sock")?.st_mode == S_IFSOCK | 0o600)
            #expect(status("data/opsloop.db").map { $0.st_mode & 0o077 } == 0)
        }
    }

    @Test func `a second daemon on the same data is refused and harms nobody`() async throws {
        try await Daemon.run { daemon in
            let config = daemon.folder.file("plugins.json")
            let second = try await daemon.another(
                "--config", config, "--data", daemon.data, "--socket", daemon.folder.file("s2"))
            #expect(second.exit == 1)
            #expect(
                second.errors.contains(
                    "the data folder \(daemon.data) is in use by another opsloopd"))
            let third = try await daemon.another(
                "--config", config, "--data", daemon.folder.file("other"), "--socket",
                daemon.socket)
            #expect(third.exit == 1)
            #expect(
                third.errors.contains(
                    "can't listen on \(daemon.socket): another opsloopd listens there"))
            try await daemon.connect().call("system.ping")
            #expect(daemon.folder.status(of: "data/opsloop.sock") != nil)
        }
    }

    @Test func `the socket of a daemon that was killed is replaced`() async throws {
        try await Daemon.run { daemon in
            try await daemon.crash()
            #expect(daemon.folder.status(of: "data/opsloop.sock") != nil)
            try await daemon.start()
            try await daemon.connect().call("system.ping")
        }
    }

    @Test func `something that is not a socket is not removed`() async throws {
        try await Daemon.run { daemon in
            #expect(try await daemon.stop() == .exited(0))
            try daemon.folder.write("precious", to: "data/opsloop.sock")
            let again = try await daemon.another(
                "--config", daemon.folder.file("plugins.json"), "--data", daemon.data)
            #expect(again.exit == 1)
            #expect(again.errors.contains("something that is not a socket lies there"))
            #expect(daemon.folder.read("data/opsloop.sock") == "precious")
        }
    }

    @Test func `a store file that is not a database is named and left alone`() async throws {
        try await Daemon.run { daemon in
            #expect(try await daemon.stop() == .exited(0))
            for leftover in ["-wal", "-shm"] { unlink(daemon.data + "/opsloop.db" + leftover) }
            let text = String(repeating: "This is not a database. ", count: 500)
            try daemon.folder.write(text, to: "data/opsloop.db")
            let again = try await daemon.another(
                "--config", daemon.folder.file("plugins.json"), "--data", daemon.data)
            #expect(again.exit == 1)
            #expect(again.errors.contains(daemon.data + "/opsloop.db"), "\(again.errors)")
            #expect(again.errors.contains("not a database"), "\(again.errors)")
            #expect(daemon.folder.read("data/opsloop.db") == text)
        }
    }

    @Test func `wrong arguments end with 64`() async throws {
        try await Daemon.run { daemon in
            let wrong = try await daemon.another("--log-level", "loud")
            #expect(wrong.exit == EX_USAGE)
            #expect(wrong.errors.contains("'loud' is no log level."))
        }
    }
}
