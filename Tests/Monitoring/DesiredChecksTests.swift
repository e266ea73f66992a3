import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// The checks of `plugins.json`.
@Suite struct DesiredChecksTests {
    /// Each test has a stage of its own, since tests run side by side.
    private let stage = Stage("desired \(UInt64.random(in: 0 ... .max))", "o")

    private func definition(
        _ name: String, _ change: (inout CreateCheck) -> Void = { _ in }
    ) -> CheckDefinition {
        CheckDefinition(MonitoringFixture.wish(name, on: stage.name, change))
    }

    @Test func `The file's checks exist after the start and are named as the file's`() async throws
    {
        try await MonitoringFixture.run(checks: [definition("a"), definition("b")]) {
            fixture in
            let names = try await fixture.names { _ in }
            #expect(names == ["a", "b"])
            #expect(try await fixture.service.get("a")["origin"] == "config")
        }
    }

    @Test func `A start with the same file changes nothing`() async throws {
        let checks = [definition("a"), definition("b")]
        try await MonitoringFixture.run(checks: checks) { fixture in
            await fixture.pass(.seconds(1))
            let audits = try await fixture.count("audit")
            try await fixture.restart(checks: checks)
            #expect(try await fixture.service.get("a")["generation"] == 1)
            #expect(try await fixture.count("audit") == audits)
        }
    }

    @Test func `A check that left the file is deleted, one that came by a method stays`()
        async throws
    {
        try await MonitoringFixture.run(checks: [definition("a"), definition("b")]) {
            fixture in
            try await fixture.create(MonitoringFixture.wish("mine", on: stage.name))
            try await fixture.service.reload([definition("b")], limits: CheckLimits())
            #expect(try await fixture.names { _ in } == ["b", "mine"])
            try await fixture.restart(checks: [])
            #expect(try await fixture.names { _ in } == ["mine"])
        }
    }

    @Test func `A reload follows changes and keeps states and times of the rest`() async throws {
        stage.play("w")
        try await MonitoringFixture.run(checks: [definition("a"), definition("b")]) {
            fixture in
            await fixture.pass(.seconds(30))
            let before = try await fixture.service.get("a")
            let runs = stage.runs
            let changed = definition("b") { $0.labels = ["x": "y"] }
            try await fixture.service.reload(
                [definition("a"), changed, definition("c")], limits: CheckLimits())
            let after = try await fixture.service.get("a")
            for member in ["state", "attempt", "next_check_at", "generation"] {
                #expect(after[member] == before[member], "\(member)")
            }
            #expect(try await fixture.service.get("b")["generation"] == 2)
            #expect(try await fixture.service.get("b")["state"] == "warning")
            await fixture.pass(.milliseconds(100))
            // Only the new one has its first look.
            #expect(stage.runs <= runs + 1)
        }
    }

    @Test func `A check of another type under the same name is another check`() async throws {
        try await MonitoringFixture.run(checks: [definition("a")]) { fixture in
            let heartbeat = CheckDefinition(MonitoringFixture.heartbeat("a"))
            try await fixture.service.reload([heartbeat], limits: CheckLimits())
            let check = try await fixture.service.get("a")
            #expect(check["ref"] == "check:2")
            #expect(check["type"] == "heartbeat")
        }
    }

    @Test func `A check that came by a method becomes the file's when the file names it`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.wish("a", on: stage.name))
            try await fixture.service.reload([definition("a")], limits: CheckLimits())
            let check = try await fixture.service.get("a")
            #expect(check["ref"] == "check:1")
            #expect(check["origin"] == "config")
        }
    }

    @Test func `The file's checks are changed in the file only, but may be paused`() async throws {
        try await MonitoringFixture.run(checks: [definition("a")]) { fixture in
            let updated = await CheckManagementTests.refusal {
                _ = try await fixture.update("a") { $0.maxAttempts = 9 }
            }
            #expect(updated == "conflict")
            let deleted = await CheckManagementTests.refusal {
                _ = try await fixture.service.delete(
                    "a", for: MonitoringFixture.call)
            }
            #expect(deleted == "conflict")
            let paused = try await fixture.service.pause(
                "a", true, for: MonitoringFixture.call)
            #expect(paused["paused"] == true)
        }
    }

    @Test func `A large new list does not burst`() async throws {
        let checks = (1...600).map { number in
            definition("check \(number)") { $0.intervalMs = 10_000 }
        }
        try await MonitoringFixture.run { fixture in
            try await fixture.service.reload(checks, limits: CheckLimits())
            var perSecond: [Int] = []
            for _ in 1...20 {
                let before = stage.runs
                await fixture.pass(.seconds(1))
                perSecond.append(stage.runs - before)
            }
            // 600 checks every 10 s are 60 a second; first looks add some in the first interval.
            #expect(perSecond.max() ?? 0 <= 112, "\(perSecond)")
            #expect(perSecond.dropFirst(10).max() ?? 0 <= 72, "\(perSecond)")
        }
    }
}
