import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Problems that last on purpose, results that are missing, and results of others.
@Suite struct HoldTests {
    private static func wish(_ name: String, _ members: JSON.Object) -> CreateCheck {
        var wish = MonitoringFixture.heartbeat(name)
        for (key, value) in members { wish.members[key] = value }
        return wish
    }

    // MARK: - keep_firing_for_ms

    @Test func `A problem stays announced for a time after its last bad result`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("job", ["keep_firing_for_ms": 30_000]))
            _ = try await fixture.submit("job")
            _ = try await fixture.submit("job", .critical)
            await fixture.pass(.seconds(20))
            _ = try await fixture.submit("job", .critical)
            await fixture.pass(.seconds(5))
            let held = try await fixture.submit("job")
            #expect(held.status == "ok hard 1" && held["announced_state"] == "critical")
            #expect(held["suppressed_by"] == ["keep_firing"])
            await fixture.pass(.seconds(24))
            #expect(try await fixture.announced() == ["ok>critical"])
            await fixture.pass(.seconds(2))
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `A problem is not held longer than a changed policy says`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("job", ["keep_firing_for_ms": 2_592_000_000]))
            for state in [SubmitCheck.Verdict.ok, .critical, .ok] {
                _ = try await fixture.submit("job", state)
            }
            await fixture.service.settle()
            #expect(try await fixture.announced() == ["ok>critical"])
            _ = try await fixture.update("job") { $0.members["keep_firing_for_ms"] = 0 }
            await fixture.service.settle()
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `A relapse in that time is no news`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("job", ["keep_firing_for_ms": 30_000]))
            for state in [SubmitCheck.Verdict.ok, .critical, .ok, .critical, .ok, .critical] {
                _ = try await fixture.submit("job", state)
                await fixture.pass(.seconds(10))
            }
            #expect(try await fixture.announced() == ["ok>critical"])
            #expect(try await fixture.history("job").count { !$0.announced } == 4)
        }
    }

    @Test func `How long a problem stays announced survives kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("job", ["keep_firing_for_ms": 30_000]))
            _ = try await fixture.submit("job")
            _ = try await fixture.submit("job", .critical)
            _ = try await fixture.submit("job")
            try await fixture.crash(after: .seconds(10))
            await fixture.pass(.seconds(19))
            #expect(try await fixture.announced() == ["ok>critical"])
            await fixture.pass(.seconds(2))
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    // MARK: - on_missing

    @Test(arguments: [
        ("keep", "ok hard 1"), ("unknown", "unknown hard 1"), ("critical", "critical hard 1"),
        ("ok", "ok hard 1"),
    ])
    func `A call that does not come is what the check says`(
        policy: String, expected: String
    ) async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("job", ["on_missing": .string(policy)]))
            _ = try await fixture.submit("job")
            await fixture.pass(.seconds(71))
            #expect(try await fixture.status("job") == expected)
        }
    }

    @Test func `A problem whose calls cease does not get well by that`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish("kept", ["on_missing": "keep"]))
            try await fixture.create(MonitoringFixture.heartbeat("usual"))
            for name in ["kept", "usual"] { _ = try await fixture.submit(name, .warning) }
            await fixture.pass(.seconds(300))
            #expect(try await fixture.status("kept") == "warning hard 1")
            #expect(try await fixture.status("usual") == "critical hard 1")
        }
    }

    @Test func `A missing value is what the policy says, or else what the probe says`() {
        let missing = CheckResult(state: .unknown, isMissing: true, output: "no such metric")
        #expect(StateRules().state(of: missing) == .unknown)
        #expect(StateRules(onMissing: .critical).state(of: missing) == .critical)
        #expect(StateRules(onMissing: .keep).state(of: missing) == nil)
        let found = CheckResult(state: .ok, output: "there")
        #expect(StateRules(onMissing: .critical).state(of: found) == .ok)
    }

    // MARK: - check.submit

    private static func submit(
        _ fixture: MonitoringFixture, _ check: String, _ change: (inout SubmitCheck) -> Void
    ) async throws -> Check {
        var params = SubmitCheck()
        params.check = check
        change(&params)
        return try await fixture.service.submit(params, for: MonitoringFixture.call)
    }

    @Test func `Any check takes results, and looks by itself when they are stale`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("passive-web", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "passive-web"))
            await fixture.pass(.seconds(1))
            let runs = stage.runs
            let told = try await Self.submit(fixture, "web") { params in
                params.state = .critical
                params.output = "seen from outside"
                params.freshForMs = 300_000
            }
            #expect(told.status == "critical soft 1" && told["output"] == "seen from outside")
            await fixture.pass(.seconds(298))
            #expect(stage.runs == runs)
            await fixture.pass(.seconds(4))
            #expect(stage.runs == runs + 1)
            #expect(try await fixture.status("web") == "ok hard 1")
        }
    }

    @Test func `As long as results are submitted in time a check does not look`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("passive-calm", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "passive-calm"))
            await fixture.pass(.seconds(1))
            let runs = stage.runs
            for _ in 1...10 {
                _ = try await fixture.submit("web")
                await fixture.pass(.seconds(50))
            }
            #expect(stage.runs == runs)
        }
    }

    @Test func `How long a submitted result holds survives kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("passive-crash", "o")
            try await fixture.create(MonitoringFixture.wish("web", on: "passive-crash"))
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            await fixture.pass(.seconds(1))
            for name in ["web", "job"] {
                _ = try await Self.submit(fixture, name) { $0.freshForMs = 600_000 }
            }
            let runs = stage.runs
            try await fixture.crash(after: .seconds(100))
            await fixture.pass(.seconds(495))
            #expect(stage.runs == runs)
            #expect(try await fixture.status("job") == "ok hard 1")
            await fixture.pass(.seconds(10))
            #expect(stage.runs == runs + 1)
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `A result of the past counts at its time, and one that is overtaken is refused`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            await fixture.pass(.seconds(60))
            let now = fixture.time.now()
            let past = try await Self.submit(fixture, "job") { $0.at = now - .seconds(20) }
            #expect(past["last_check_at"]?.string == (now - .seconds(20)).description)
            #expect(past["last_submission_at"]?.string == (now - .seconds(20)).description)
            let older = await CheckManagementTests.refusal {
                _ = try await Self.submit(fixture, "job") {
                    ($0.state, $0.at) = (.critical, now - .seconds(21))
                }
            }
            #expect(older == "conflict")
            let future = await CheckManagementTests.refusal {
                _ = try await Self.submit(fixture, "job") { $0.at = now + .seconds(61) }
            }
            #expect(future == "invalid_params")
            #expect(try await fixture.status("job") == "ok hard 1")
            // It holds from its own time on.
            await fixture.pass(.seconds(51))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }
}
