import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Check programs with every bad habit; the daemon takes none of them.
@Suite("Check programs", .timeLimit(.minutes(3)))
struct ExecFaultTests {
    private func run(
        _ script: String, timeoutMs: Int = 20_000, _ expect: (JSON, Daemon) async throws -> Void
    ) async throws {
        try await Daemon.run { daemon in
            let client = try daemon.connect()
            try await client.call(
                "check.create",
                [
                    "name": "script", "type": "exec", "interval_ms": 3_600_000,
                    "timeout_ms": .number(JSON.Number(timeoutMs)), "max_attempts": 1,
                    "command": ["sh", "-c", .string(script)],
                ])
            let check = try await client.call("check.run", ["check": "script"])
            try await expect(check, daemon)
            try await client.call("system.ping")
        }
    }

    /// Whether a process is there and is not only waiting to be buried.
    private func isAlive(_ pid: Int) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "re") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096)
        guard fgets(&line, CInt(line.count), file) != nil else { return false }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        return !text.contains(") Z ")
    }

    /// The number that a script has left in a file.
    private func pid(_ daemon: Daemon, _ name: String) throws -> Int {
        let text = daemon.folder.read(name)
        return try #require(Int(text.filter(\.isNumber)), "\(text)")
    }

    private func expectGone(_ pid: Int) throws {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        while ContinuousClock.now < end {
            if !isAlive(pid) { return }
        }
        kill(pid_t(pid), SIGKILL)
        throw TestFailure("process \(pid) is still there")
    }

    @Test func `a program that hangs is killed after its timeout`() async throws {
        try await run("echo $$ > pid; exec sleep 1000", timeoutMs: 300) { check, daemon in
            #expect(check["state"] == "unknown")
            #expect(check["state_type"] == "hard")
            #expect(check["output"] == "Timeout after 300 ms, killed")
            try expectGone(try pid(daemon, "pid"))
        }
    }

    @Test func `a program that ignores SIGTERM is killed all the same`() async throws {
        try await run("trap '' TERM; echo $$ > pid; while :; do sleep 1000; done", timeoutMs: 300) {
            check, daemon in
            #expect(check["state"] != "ok")
            try expectGone(try pid(daemon, "pid"))
        }
    }

    @Test func `what a program forks goes with it`() async throws {
        let script = "sleep 1000 & echo $! > pid; echo fine; exit 0"
        try await run(script) { check, daemon in
            #expect(check["state"] == "ok", "\(check.text)")
            #expect(check["output"] == "fine")
            try expectGone(try pid(daemon, "pid"))
        }
    }

    @Test func `a program that floods its output is cut`() async throws {
        try await run("head -c 50000000 /dev/zero | tr '\\0' x; exit 1") { check, daemon in
            #expect(check["state"] == "warning")
            #expect((check["output"]?.string?.count ?? 0) <= 64 << 10)
            #expect((check["long_output"]?.string?.count ?? 0) <= 64 << 10)
            let stats = try await daemon.connect().call("system.stats")
            #expect(stats["rss_bytes"]?.int ?? .max < 300 << 20)
        }
    }

    @Test func `a program that floods for ever is killed after its timeout`() async throws {
        try await run("echo $$ > pid; exec yes", timeoutMs: 500) { check, daemon in
            #expect(check["state"] != "ok")
            try expectGone(try pid(daemon, "pid"))
        }
    }

    @Test func `a program that dies by a signal is named with it`() async throws {
        try await run("kill -SEGV $$") { check, _ in
            #expect(check["state"] == "unknown")
            #expect(check["output"] == "Killed by signal 11 (Segmentation fault)")
        }
    }

    @Test func `a program that is not there is named`() async throws {
        try await Daemon.run { daemon in
            let created = try await daemon.opsloop(
                "check", "create", "--name", "gone", "--type", "exec", "--interval", "1h", "--",
                "/nonexistent/program", "-w", "10%")
            #expect(created.exit == 0, "\(created.errors)")
            let run = try await daemon.opsloop("check", "run", "gone", "--output", "json")
            #expect(run.json["state"] == "unknown")
            #expect(run.json["output"]?.string?.contains("/nonexistent/program") == true)
        }
    }

    @Test func `a state, several lines and performance data are read`() async throws {
        let script = "echo 'DISK WARNING - 12% left | free=12%;15;5;0;100'; echo more; exit 1"
        try await run(script) { check, daemon in
            #expect(check["state"] == "warning")
            #expect(check["output"] == "DISK WARNING - 12% left")
            #expect(check["long_output"]?.string?.contains("more") == true)
            let series = try await daemon.connect().call(
                "metric.query", ["select": #"check_value{check="script",label="free"}"#])
            #expect(series["items"]?[0]?["points"]?[0]?[1] == 12, "\(series.text)")
        }
    }
}
