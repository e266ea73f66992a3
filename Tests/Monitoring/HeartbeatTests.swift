import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Checks that wait to be called.
@Suite struct HeartbeatTests {
    @Test func `A heartbeat is well while it is called and critical when it is not`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            #expect(try await fixture.submit("job").status == "ok hard 1")
            for _ in 1...5 {
                await fixture.pass(.seconds(65))
                #expect(try await fixture.submit("job").status == "ok hard 1")
            }
            await fixture.pass(.seconds(69))
            #expect(try await fixture.status("job") == "ok hard 1")
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "critical hard 1")
            #expect(try await fixture.submit("job").status == "ok hard 1")
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `A heartbeat that was never called is critical after its first patience`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            await fixture.pass(.seconds(69))
            #expect(try await fixture.status("job") == "pending soft 1")
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `A caller may report that something is wrong`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            var params = SubmitCheck()
            params.check = "job"
            params.state = .warning
            params.output = "half of it"
            params.measurements = [.init(label: "rows", value: 12, unit: nil)]
            let check = try await fixture.service.submit(params, for: MonitoringFixture.call)
            #expect(check.status == "warning hard 1")
            #expect(check["output"] == "half of it")
            let values = try await fixture.series.latest(matching: [.metric("check_value")])
            #expect(values.first?.labels.dictionary == ["check": "job", "label": "rows"])
            #expect(values.first?.points.first?.value == 12)
        }
    }

    @Test func `A heartbeat does not run by hand`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            let run = await CheckManagementTests.refusal {
                _ = try await fixture.service.run("job", for: MonitoringFixture.call)
            }
            #expect(run == "conflict")
        }
    }

    @Test func `The last call survives kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job", every: 600_000))
            let called = try await fixture.submit("job")
            await fixture.pass(.seconds(300))
            try await fixture.crash(after: .seconds(100))
            let after = try await fixture.service.get("job")
            #expect(after["last_submission_at"] == called["last_submission_at"])
            await fixture.pass(.seconds(209))
            #expect(try await fixture.status("job") == "ok hard 1")
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `After a long stop callers have the grace to come back`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            _ = try await fixture.submit("job")
            try await fixture.restart(after: .seconds(3600))
            await fixture.pass(.seconds(9))
            #expect(try await fixture.status("job") == "ok hard 1")
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `A wall clock that steps does not make a heartbeat late or patient`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            _ = try await fixture.submit("job")
            fixture.time.stepWallClock(by: .seconds(86_400))
            await fixture.pass(.seconds(69))
            #expect(try await fixture.status("job") == "ok hard 1")
            _ = try await fixture.submit("job")
            fixture.time.stepWallClock(by: .seconds(-7 * 86_400))
            await fixture.pass(.seconds(71))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `A paused heartbeat misses nobody and starts anew`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            _ = try await fixture.submit("job")
            _ = try await fixture.service.pause(
                "job", true, for: MonitoringFixture.call)
            await fixture.pass(.seconds(600))
            #expect(try await fixture.status("job") == "ok hard 1")
            _ = try await fixture.service.pause(
                "job", false, for: MonitoringFixture.call)
            await fixture.pass(.seconds(69))
            #expect(try await fixture.status("job") == "ok hard 1")
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "critical hard 1")
        }
    }

    @Test func `With more attempts an absence is soft first`() async throws {
        try await MonitoringFixture.run { fixture in
            var wish = MonitoringFixture.heartbeat("job")
            wish.maxAttempts = 2
            try await fixture.create(wish)
            _ = try await fixture.submit("job")
            await fixture.pass(.seconds(71))
            #expect(try await fixture.status("job") == "critical soft 1")
            await fixture.pass(.seconds(10))
            #expect(try await fixture.status("job") == "critical hard 2")
        }
    }

    @Test func `A call that could not be saved is refused and not forgotten`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.heartbeat("job"))
            fixture.outage.begin()
            await #expect(throws: StoreError.self) { _ = try await fixture.submit("job") }
            fixture.outage.end()
            await fixture.pass(.seconds(2))
            #expect(try await fixture.status("job") == "ok hard 1")
        }
    }
}
