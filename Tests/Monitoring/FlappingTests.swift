import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Checks that flap, over a real database.
@Suite struct FlappingTests {
    /// A heartbeat whose results the test submits, with flapping looked for by Icinga's rules.
    private static func flapping(_ name: String, _ detection: String = "icinga") -> CreateCheck {
        var wish = MonitoringFixture.heartbeat(name)
        wish.members["flap_detection"] = .string(detection)
        return wish
    }

    private static func play(
        _ results: String, to check: String, in fixture: MonitoringFixture
    ) async throws {
        for letter in results {
            let verdict = SubmitCheck.Verdict(
                rawValue: CheckRulesTests.state(letter).rawValue)
            _ = try await fixture.submit(check, verdict ?? .unknown)
        }
    }

    @Test func `Flapping is announced once, its end once, and no state between`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.flapping("job"))
            try await Self.play(String(repeating: "o", count: 20), to: "job", in: fixture)
            try await Self.play("cococococo", to: "job", in: fixture)
            let during = try await fixture.service.get("job")
            #expect(during["flapping"] == true)
            #expect((during["flap_percent"]?.double ?? 0) > 30)
            let told = try await fixture.announced()
            #expect(
                told == [
                    "ok>critical", "critical>ok", "ok>critical", "critical>ok", "ok>critical",
                ])
            try await Self.play("cocococ", to: "job", in: fixture)
            #expect(try await fixture.announced() == told)
            try await Self.play(String(repeating: "o", count: 30), to: "job", in: fixture)

            let events = try await fixture.events("check.flapping_changed")
            #expect(events.map { $0.data["flapping"] } == [true, false])
            #expect(events.first?.data["name"] == "job")
            let lines = try await fixture.history("job").filter { $0.flapping != nil }
            #expect(lines.map(\.flapping) == [false, true])
            #expect(lines.allSatisfy { $0.announced && $0.state == $0.previousState })
            #expect(lines.last?.output.hasPrefix("Flapping began: 3") == true)
            // What is true at the end is announced at the end.
            #expect(try await fixture.announced() == told + ["critical>ok"])
            #expect(try await fixture.service.get("job")["announced_state"] == "ok")
        }
    }

    @Test func `What flapping hid is in the history with the reason`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.flapping("job", "nagios"))
            try await Self.play("ocococococo", to: "job", in: fixture)
            let lines = try await fixture.history("job").filter { $0.flapping == nil }
            #expect(lines.count == 10)
            #expect(lines.contains { !$0.announced })
            for line in lines {
                #expect(line.announced == line.suppressedBy.isEmpty)
                #expect(line.announced || line.suppressedBy == [.flapping])
            }
            #expect(try await fixture.events().count == lines.count { $0.announced })
        }
    }

    @Test func `Flapping and its memory survive kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.flapping("job"))
            try await Self.play("ococococococ", to: "job", in: fixture)
            let before = try await fixture.service.get("job")
            try await fixture.crash()
            let after = try await fixture.service.get("job")
            #expect(after["flapping"] == true)
            #expect(after["flap_percent"] == before["flap_percent"])
            #expect(after["suppressed_by"] == before["suppressed_by"])
            let told = try await fixture.announced()
            try await Self.play("ococ", to: "job", in: fixture)
            #expect(try await fixture.announced() == told)
            #expect(try await fixture.events("check.flapping_changed").count == 1)
        }
    }

    @Test func `A check whose flapping is no longer looked for says what is true`() async throws {
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.flapping("job"))
            try await Self.play("ococococococ", to: "job", in: fixture)
            let told = try await fixture.announced()
            let held = try await fixture.service.get("job")
            #expect(held["suppressed_by"] == ["flapping"])
            _ = try await fixture.update("job") { $0.members = ["flap_detection": "off"] }
            await fixture.service.settle()
            #expect(try await fixture.announced().count == told.count + 1)
            let check = try await fixture.service.get("job")
            #expect(check["flapping"] == false && check["suppressed_by"] == [])
            #expect(try await fixture.events("check.flapping_changed").count == 2)
        }
    }

    @Test func `Thresholds that contradict each other are refused by name`() async throws {
        try await MonitoringFixture.run { fixture in
            for (members, path): (JSON.Object, String) in [
                (["flap_low_percent": 40], "flap_low_percent"),
                (["flap_high_percent": 20], "flap_high_percent"),
                (["flap_high_percent": 101], "flap_high_percent"),
                (["flap_detection": "zabbix"], "flap_detection"),
                (["state_rules": 1], "state_rules"),
                (["recovery_attempts": 0], "recovery_attempts"),
            ] {
                var wish = Self.flapping("job")
                for (name, value) in members { wish.members[name] = value }
                do {
                    try await fixture.create(wish)
                    Issue.record("\(members) was accepted")
                } catch let error as RPCError {
                    #expect(error.fields.map(\.path) == [path])
                }
            }
        }
    }

    @Test func `A steady check that is watched for flapping costs no write`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("calm", "o")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "calm") {
                    $0.intervalMs = 1000
                    $0.members["flap_detection"] = "icinga"
                })
            await fixture.pass(.seconds(30))
            let writes = fixture.store.statistics.writes
            await fixture.pass(.seconds(60))
            #expect(fixture.store.statistics.writes == writes)
        }
    }

    @Test func `A check states its policy, and a null takes a member back`() async throws {
        try await MonitoringFixture.run { fixture in
            let created = try await fixture.create(Self.flapping("job"))
            #expect(created["flap_detection"] == "icinga")
            #expect(created["state_rules"] == "icinga" && created["volatile"] == false)
            let updated = try await fixture.update("job") {
                $0.members = ["flap_detection": .null, "state_rules": "nagios", "grace_ms": 5]
            }
            #expect(updated["flap_detection"] == "off")
            #expect(updated["state_rules"] == "nagios" && updated["grace_ms"] == 5)
            try await fixture.restart()
            #expect(try await fixture.service.get("job")["state_rules"] == "nagios")
        }
    }
}
