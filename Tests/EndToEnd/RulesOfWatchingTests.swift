import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Rules, error budgets and maintenance through the command line, and over `kill -9`.
@Suite("Rules and maintenance", .timeLimit(.minutes(3)))
struct RulesOfWatchingTests {
    /// Runs `opsloop`, which has to succeed, and answers what it says.
    @discardableResult
    private func opsloop(_ daemon: Daemon, _ arguments: String...) async throws -> JSON {
        let (program, errors) = try daemon.begin(arguments + ["--output", "json"])
        let output = try await program.rest()
        let ending = try await program.ending()
        guard ending == .exited(0) else {
            throw TestFailure("opsloop \(arguments): \(daemon.folder.read(errors))")
        }
        return try JSON.parse(output)
    }

    /// Asks again and again until the answer is as the test waits for.
    private func answer(
        _ daemon: Daemon, _ method: String, _ params: JSON.Object, until isSo: (JSON) -> Bool
    ) async throws -> JSON {
        let client = try daemon.connect()
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var answer = JSON.null
        while ContinuousClock.now < end {
            answer = try await client.call(method, params)
            if isSo(answer) { return answer }
        }
        throw TestFailure("\(method) still answers \(answer.text)")
    }

    private func topics(_ daemon: Daemon, _ prefix: String) async throws -> [String] {
        let events = try await daemon.connect().call(
            "event.read", ["from_seq": 1, "topics": [.string("\(prefix).*")], "limit": 1000])
        return (events["items"]?.array ?? []).compactMap { $0["topic"]?.string }
    }

    private func feed(_ daemon: Daemon, _ value: Int) async throws {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
        let taken = try await opsloop(
            daemon, "metric", "import", "--items",
            #"[{"name":"load","labels":{"host":"a"},"points":[[\#(milliseconds),\#(value)]]}]"#)
        #expect(taken["samples"] == 1)
    }

    /// Tells the check a result; `--output` is what it says there.
    private func submit(_ daemon: Daemon, _ state: String) async throws {
        let submitted = try await daemon.opsloop("check", "submit", "job", "--state", state)
        #expect(submitted.exit == 0, "\(submitted.errors)")
    }

    @Test func `an alert that waits and one that fires do so still after kill -9`() async throws {
        try await Daemon.run { daemon in
            for (name, wait) in [("patient", "3600000"), ("hasty", "0")] {
                let rule = try await opsloop(
                    daemon, "rule", "create", "--name", name, "--select", "load", "--condition",
                    "above", "--threshold", "10", "--aggregation", "last", "--for-ms", wait,
                    "--interval-ms", "1000")
                #expect(rule["name"] == .string(name))
            }
            try await feed(daemon, 12)
            _ = try await answer(daemon, "rule.get", ["rule": "hasty"]) { $0["state"] == "firing" }
            _ = try await answer(daemon, "rule.get", ["rule": "patient"]) {
                $0["state"] == "pending"
            }
            // For programs it is one answer, with what has changed beside the alerts.
            let tried = try await daemon.opsloop("rule", "test", "hasty", "--output", "jsonl")
            #expect(tried.json["items"]?[0]?["labels"]?["host"] == "a", "\(tried.errors)")
            #expect(tried.json["transitions"]?[0]?["state"] == "firing", "\(tried.output)")
            let shown = try await daemon.opsloop("rule", "test", "hasty")
            #expect(shown.output.hasPrefix("evaluated once\n\nalerts\n"), "\(shown.output)")
            let before = try await opsloop(daemon, "rule", "alerts", "patient")
            let since = before["items"]?[0]?["pending_since"]
            #expect(since?.string?.isEmpty == false, "\(before.text)")

            try await daemon.crash()
            try await daemon.start()
            let after = try await opsloop(daemon, "rule", "alerts", "patient")
            #expect(after["items"]?[0]?["state"] == "pending")
            #expect(after["items"]?[0]?["pending_since"] == since)
            let firing = try await opsloop(daemon, "rule", "alerts", "hasty")
            #expect(firing["items"]?[0]?["labels"]?["host"] == "a", "\(firing.text)")
            _ = try await answer(daemon, "rule.get", ["rule": "hasty"]) {
                $0["last_evaluated_at"]?.string != nil
            }
            #expect(try await topics(daemon, "rule").filter { $0 == "rule.firing" }.count == 1)

            try await feed(daemon, 3)
            _ = try await answer(daemon, "rule.get", ["rule": "patient"]) { $0["state"] == "ok" }
            _ = try await answer(daemon, "rule.get", ["rule": "hasty"]) { $0["state"] == "ok" }
            #expect(try await topics(daemon, "rule").last == "rule.resolved")
            let history = try await opsloop(daemon, "rule", "history", "hasty")
            #expect(history["items"]?.array?.map { $0["state"] } == ["ok", "firing"])
        }
    }

    @Test func `what breaks in a maintenance is held back over kill -9, and told at its end`()
        async throws
    {
        try await Daemon.run { daemon in
            try await opsloop(
                daemon, "check", "create", "--name", "job", "--type", "heartbeat", "--interval",
                "1h", "--labels", "role=batch")
            try await submit(daemon, "ok")
            // Both spellings of a selector.
            for (name, select) in [("night", "role=batch"), ("other", #"{role="web"}"#)] {
                try await opsloop(
                    daemon, "maintenance", "create", "--name", name, "--select", select,
                    "--duration", "1h")
            }
            try await submit(daemon, "critical")
            let held = try await opsloop(daemon, "check", "get", "job")
            #expect(held["state"] == "critical")
            #expect(held["suppressed_by"] == ["maintenance"], "\(held.text)")
            let told = try await topics(daemon, "check").filter { $0 == "check.state_changed" }

            try await daemon.crash()
            try await daemon.start()
            #expect(
                try await opsloop(daemon, "check", "get", "job")["suppressed_by"] == ["maintenance"]
            )
            #expect(
                try await topics(daemon, "check").filter { $0 == "check.state_changed" } == told)
            try await opsloop(daemon, "maintenance", "cancel", "night")
            _ = try await answer(daemon, "check.get", ["check": "job"]) {
                $0["announced_state"] == "critical"
            }
            let now = try await topics(daemon, "check").filter { $0 == "check.state_changed" }
            #expect(now.count == told.count + 1)
            let history = try await opsloop(daemon, "check", "history", "job")
            #expect(history["items"]?[0]?["announced"] == true, "\(history.text)")
            #expect(history["items"]?[1]?["suppressed_by"] == ["maintenance"], "\(history.text)")
        }
    }

    @Test func `an SLO is created, told and kept over kill -9`() async throws {
        try await Daemon.run { daemon in
            let created = try await opsloop(
                daemon, "slo", "create", "--name", "jobs run", "--objective", "99", "--checks",
                "type=heartbeat", "--period-days", "7")
            #expect(created["checks"] == "type=heartbeat")
            try await daemon.crash()
            try await daemon.start()
            let status = try await opsloop(daemon, "slo", "status", "jobs run")
            #expect(status["items"]?[0]?["name"] == "jobs run", "\(status.text)")
            #expect(status["items"]?[0]?["objective"]?.double == 99)
            let refused = try await daemon.opsloop(
                "slo", "create", "--name", "x", "--objective", "99", "--checks", "{")
            #expect(refused.exit != 0)
            #expect(refused.errors.contains("checks"), "\(refused.errors)")
        }
    }

    @Test func `a state with a parent that is not there is refused with its place in the file`()
        async throws
    {
        try await Daemon.run { daemon in
            try daemon.folder.write(
                """
                checks:
                  - name: gate
                    type: heartbeat
                  - name: web
                    type: heartbeat
                    parents: [gate, gaet]
                """, to: "state.yaml")
            let refused = try await daemon.opsloop("check", "apply", "@state.yaml")
            #expect(refused.exit != 0)
            #expect(refused.errors.contains("checks[1].parents[1]"), "\(refused.errors)")
            let list = try await opsloop(daemon, "check", "list")
            #expect(list["items"] == [])
        }
    }
}
