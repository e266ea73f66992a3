import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What people are told of checks that are worked on.
struct MaintainedChecksTests {
    private static let call = MonitoringFixture.call

    /// Creates a check that is looked at every ten seconds, and lets it have its first result.
    private static func watch(
        _ name: String, _ script: String, _ fixture: MonitoringFixture
    ) async throws -> Stage {
        let stage = Stage("maintained \(name)", script)
        try await fixture.create(
            MonitoringFixture.wish(name, on: "maintained \(name)") {
                ($0.intervalMs, $0.maxAttempts, $0.labels) = (10_000, 1, ["site": "ulm"])
            })
        await fixture.pass(.seconds(1))
        return stage
    }

    private static func work(
        _ fixture: MonitoringFixture, name: String = "work", select: String = "{site=\"ulm\"}",
        for seconds: Int = 300
    ) async throws {
        var wish = CreateMaintenance()
        (wish.name, wish.select, wish.durationMs) = (name, select, seconds * 1000)
        _ = try await fixture.maintenance.create(wish, for: call)
    }

    @Test func `What breaks in it is held back, and told when it is still broken at the end`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture)
            #expect(try await fixture.service.get("web")["in_maintenance"] == true)
            stage.play("c")
            let runs = stage.runs
            await fixture.pass(.seconds(200))
            // Checks go on, and their states are shown as they are.
            #expect(stage.runs - runs >= 19)
            #expect(try await fixture.status("web").hasPrefix("critical hard"))
            #expect(try await fixture.announced().isEmpty)
            await fixture.pass(.seconds(110))
            #expect(try await fixture.announced() == ["ok>critical"])
            #expect(try await fixture.service.get("web")["in_maintenance"] == false)
            stage.play("o")
            await fixture.pass(.seconds(20))
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `What is well again at the end was never told`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture)
            stage.play("c")
            await fixture.pass(.seconds(100))
            stage.play("o")
            await fixture.pass(.seconds(400))
            #expect(try await fixture.announced().isEmpty)
            #expect(try await fixture.history("web").count >= 2)
        }
    }

    @Test func `The end of a problem that was told is told in it`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            stage.play("c")
            await fixture.pass(.seconds(20))
            try await Self.work(fixture)
            stage.play("o")
            await fixture.pass(.seconds(20))
            #expect(try await fixture.announced() == ["ok>critical", "critical>ok"])
        }
    }

    @Test func `Who is not covered is told of as ever`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture, select: "{site=\"bonn\"}")
            stage.play("c")
            await fixture.pass(.seconds(20))
            #expect(try await fixture.announced() == ["ok>critical"])
            #expect(try await fixture.service.get("web")["in_maintenance"] == false)
        }
    }

    @Test func `One over a router covers what is behind it`() async throws {
        try await MonitoringFixture.run { fixture in
            let router = try await Self.watch("router", "o", fixture)
            let apart = try await Self.watch("apart", "o", fixture)
            for (name, parent) in [("switch", "router"), ("web", "switch")] {
                _ = Stage("maintained \(name)", "o")
                try await fixture.create(
                    MonitoringFixture.wish(name, on: "maintained \(name)") {
                        ($0.intervalMs, $0.maxAttempts) = (10_000, 1)
                        $0.members["parents"] = [.string(parent)]
                    })
            }
            var wish = CreateMaintenance()
            (wish.name, wish.root, wish.durationMs) = ("work", "router", 300_000)
            let made = try await fixture.maintenance.create(wish, for: Self.call)
            #expect(made.root == Ref("check", 1))
            for name in ["router", "switch", "web"] {
                #expect(try await fixture.service.get(name)["in_maintenance"] == true, "\(name)")
            }
            #expect(try await fixture.service.get("apart")["in_maintenance"] == false)
            Stage.named("maintained web")?.play("c")
            await fixture.pass(.seconds(60))
            #expect(try await fixture.announced().isEmpty)
            router.play("c")
            apart.play("c")
            await fixture.pass(.seconds(60))
            #expect(try await fixture.announced() == ["ok>critical"])
            var params = ListMaintenances()
            params.check = "web"
            #expect(try await fixture.maintenance.list(params).items.map(\.name) == ["work"])
            params.check = "apart"
            #expect(try await fixture.maintenance.list(params).items.isEmpty)
        }
    }

    @Test func `Of two that overlap the later end counts`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture, name: "short", for: 60)
            try await Self.work(fixture, name: "long", for: 120)
            stage.play("c")
            await fixture.pass(.seconds(90))
            #expect(try await fixture.announced().isEmpty)
            await fixture.pass(.seconds(35))
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }

    @Test(arguments: ["cancel", "delete", "update"])
    func `What ends it early lets people know`(how: String) async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture)
            stage.play("c")
            await fixture.pass(.seconds(20))
            #expect(try await fixture.announced().isEmpty)
            switch how {
            case "cancel":
                _ = try await fixture.maintenance.cancel("work", at: nil, for: Self.call)
            case "delete":
                _ = try await fixture.maintenance.delete("work", at: nil, for: Self.call)
            default:
                var change = UpdateMaintenance()
                (change.maintenance, change.select) = ("work", "{site=\"bonn\"}")
                _ = try await fixture.maintenance.update(change, for: Self.call)
            }
            await fixture.service.settle()
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }

    @Test(arguments: [true, false])
    func `A restart in the middle tells nothing, one after the end tells it`(isKilled: Bool)
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture)
            stage.play("c")
            await fixture.pass(.seconds(20))
            if isKilled { try await fixture.crash() } else { try await fixture.restart() }
            await fixture.pass(.seconds(20))
            #expect(try await fixture.announced().isEmpty)
            if isKilled {
                try await fixture.crash(after: .seconds(600))
            } else {
                try await fixture.restart(after: .seconds(600))
            }
            await fixture.pass(.seconds(1))
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }

    @Test func `A clock that is set forwards ends it, and back brings it again`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = try await Self.watch("web", "o", fixture)
            try await Self.work(fixture)
            stage.play("c")
            await fixture.pass(.seconds(20))
            fixture.time.stepWallClock(by: .seconds(3600))
            await fixture.pass(.seconds(35))
            #expect(try await fixture.announced() == ["ok>critical"])
        }
    }
}
