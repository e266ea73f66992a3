import OpsJSONRPC
import TestVectors
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Checks that depend on others, over a real database.
@Suite struct ReachabilityTests {
    private static func wish(
        _ name: String, parents: JSON = [], _ change: (inout CreateCheck) -> Void = { _ in }
    ) -> CreateCheck {
        MonitoringFixture.wish(name, on: "reach-\(name)") { wish in
            wish.intervalMs = 60_000
            wish.members["parents"] = parents
            change(&wish)
        }
    }

    private static func stage(_ name: String) -> Stage { Stage("reach-\(name)", "o") }

    /// The announced changes as `name old>new`, oldest first.
    private static func told(_ fixture: MonitoringFixture) async throws -> [String] {
        try await fixture.events().map { event in
            let (old, new) = (event.data["previous_state"]?.string, event.data["state"]?.string)
            return "\(event.data["name"]?.string ?? "") \(old ?? "")>\(new ?? "")"
        }
    }

    @Test func `A child behind a dead parent is unreachable, measured and not announced`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let (router, host) = (Self.stage("router"), Self.stage("host"))
            try await fixture.create(Self.wish("router"))
            try await fixture.create(Self.wish("host", parents: ["router"]))
            await fixture.pass(.seconds(70))
            router.play("c")
            host.play("c")
            await fixture.pass(.seconds(200))
            #expect(try await Self.told(fixture) == ["router ok>critical"])
            let down = try await fixture.service.get("host")
            #expect(down.status == "critical hard 3")
            #expect(down["reachable"] == false && down["announced_state"] == "ok")
            #expect(down["suppressed_by"] == ["unreachable"])
            let runs = host.runs
            await fixture.pass(.seconds(130))
            #expect(host.runs >= runs + 2)

            router.play("o")
            host.play("o")
            await fixture.pass(.seconds(130))
            #expect(
                try await Self.told(fixture) == ["router ok>critical", "router critical>ok"])
            let up = try await fixture.service.get("host")
            #expect(up["reachable"] == true && up["suppressed_by"] == [])
            let lines = try await fixture.history("host")
            #expect(lines.map(\.announced) == [false, false])
            let samples = try await fixture.series.series().map(\.description)
            #expect(samples.contains("check_reachable{check=\"host\"}"))
            #expect(!samples.contains("check_reachable{check=\"router\"}"))
        }
    }

    @Test func `A child that is still bad after its parent is back is announced then`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let (router, host) = (Self.stage("r2"), Self.stage("h2"))
            try await fixture.create(Self.wish("r2"))
            try await fixture.create(Self.wish("h2", parents: ["r2"]))
            await fixture.pass(.seconds(70))
            router.play("c")
            host.play("c")
            await fixture.pass(.seconds(200))
            router.play("o")
            await fixture.pass(.seconds(70))
            #expect(
                try await Self.told(fixture)
                    == ["r2 ok>critical", "r2 critical>ok", "h2 ok>critical"])
        }
    }

    @Test func `Before a child is announced down its parent is looked at`() async throws {
        try await MonitoringFixture.run { fixture in
            let (router, host) = (Self.stage("r3"), Self.stage("h3"))
            try await fixture.create(Self.wish("r3") { $0.intervalMs = 3_600_000 })
            try await fixture.create(Self.wish("h3", parents: ["r3"]) { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(61))
            let looks = router.runs
            host.play("c")
            await fixture.pass(.seconds(61))
            // The parent is well: the child's failure is its own.
            #expect(router.runs == looks + 1)
            #expect(try await Self.told(fixture) == ["h3 ok>critical"])
            let lines = try await fixture.history("h3")
            #expect(lines.map(\.suppressedBy) == [[], [.parentCheck]])
        }
    }

    @Test func `A parent that hangs holds an announcement back for a time only`() async throws {
        try await MonitoringFixture.run { fixture in
            let (router, host) = (Self.stage("r4"), Self.stage("h4"))
            try await fixture.create(Self.wish("r4") { $0.intervalMs = 3_600_000 })
            try await fixture.create(Self.wish("h4", parents: ["r4"]) { $0.maxAttempts = 1 })
            await fixture.pass(.seconds(61))
            router.play("h")
            host.play("c")
            // A run that hangs would be waited for; the clock alone goes on.
            for _ in 1...70 {
                await fixture.time.advance(by: .seconds(1))
                await fixture.service.saver?.value
            }
            #expect(try await fixture.service.get("h4")["suppressed_by"] == ["parent_check"])
            #expect(try await Self.told(fixture).isEmpty)
            // Four attempts of 10 s, each with 10 s to wait for the next.
            await fixture.time.advance(by: .seconds(85))
            await fixture.service.saver?.value
            router.release(.ok)
            await fixture.service.settle()
            #expect(try await Self.told(fixture) == ["h4 ok>critical"])
        }
    }

    @Test func `Of a redundant group one suffices, and different groups are all needed`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let stages = ["a", "b", "switch", "leaf"].map(Self.stage)
            for name in ["a", "b", "switch"] {
                try await fixture.create(Self.wish(name) { $0.maxAttempts = 1 })
            }
            try await fixture.create(
                Self.wish("leaf", parents: [["any_of": ["a", "b"]], "switch"]))
            await fixture.pass(.seconds(61))
            stages[0].play("c")
            await fixture.pass(.seconds(61))
            #expect(try await fixture.service.get("leaf")["reachable"] == true)
            stages[1].play("c")
            await fixture.pass(.seconds(61))
            #expect(try await fixture.service.get("leaf")["reachable"] == false)
            stages[0].play("o")
            await fixture.pass(.seconds(61))
            #expect(try await fixture.service.get("leaf")["reachable"] == true)
            stages[2].play("c")
            await fixture.pass(.seconds(61))
            #expect(try await fixture.service.get("leaf")["reachable"] == false)
        }
    }

    @Test func `Reachability goes down a chain, and survives kill -9`() async throws {
        try await MonitoringFixture.run { fixture in
            let top = Self.stage("top")
            for name in ["mid", "end"] { _ = Self.stage(name) }
            try await fixture.create(Self.wish("top") { $0.maxAttempts = 1 })
            try await fixture.create(Self.wish("mid", parents: ["top"]))
            try await fixture.create(Self.wish("end", parents: ["check:2"]))
            await fixture.pass(.seconds(61))
            top.play("c")
            await fixture.pass(.seconds(61))
            #expect(try await fixture.names { $0.reachable = false } == ["end", "mid"])
            try await fixture.crash()
            #expect(try await fixture.names { $0.reachable = false } == ["end", "mid"])
            #expect(await fixture.service.lineage(of: 3) == [3, 2, 1])
            #expect(await fixture.service.descendants(of: [1]) == [1, 2, 3])
            _ = try await fixture.service.delete(
                "top", force: true, for: MonitoringFixture.call)
            #expect(try await fixture.names { $0.reachable = false }.isEmpty)
        }
    }

    @Test func `A parent that is not there and a cycle are refused with their path`() async throws {
        try await MonitoringFixture.run { fixture in
            for name in ["p", "q", "s"] { _ = Self.stage(name) }
            try await fixture.create(Self.wish("p"))
            try await fixture.create(Self.wish("q", parents: ["p"]))
            try await fixture.create(Self.wish("s", parents: [["any_of": ["q"]]]))
            func refusal(_ parents: JSON) async throws -> RPCError.FieldError? {
                do {
                    _ = try await fixture.update("p") { $0.members = ["parents": parents] }
                    return nil
                } catch let error as RPCError {
                    return error.fields.first
                }
            }
            let cycle = try await refusal(["s"])
            #expect(cycle?.path == "parents[0]")
            #expect(cycle?.reason.contains("p > s > q > p") == true, "\(cycle?.reason ?? "")")
            #expect(try await refusal(["p"])?.reason.contains("p > p") == true)
            #expect(try await refusal(["check:1"])?.reason.contains("p > p") == true)
            #expect(try await refusal(["nobody"])?.path == "parents[0]")
            #expect(try await refusal([["any_of": []]])?.path.hasPrefix("parents") == true)
            #expect(try await refusal([7])?.path.hasPrefix("parents") == true)
            #expect(try await refusal([]) == nil)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func `One router with its children gives one failure and one recovery, in any order`(
        seed: UInt64
    ) async throws {
        try await Self.outage(children: 60, seed: seed)
    }

    @Test func `One router with 1,000 children gives exactly one announced failure`() async throws {
        try await Self.outage(children: 1000, seed: 1000)
    }

    /// Lets a network go down and come back, as every check finds out in its own time.
    private static func outage(children: Int, seed: UInt64) async throws {
        try await MonitoringFixture.run { fixture in
            var chance = SeededGenerator(seed: seed)
            let network = Self.stage("net\(seed)")
            try await fixture.create(
                MonitoringFixture.wish("router", on: network.name) { wish in
                    wish.maxAttempts = Int.random(in: 1...4, using: &chance)
                    wish.intervalMs = Int.random(in: 5...90, using: &chance) * 1000
                })
            for number in 1...children {
                try await fixture.create(
                    MonitoringFixture.wish("child \(number)", on: network.name) { wish in
                        wish.maxAttempts = Int.random(in: 1...3, using: &chance)
                        wish.intervalMs = Int.random(in: 10...60, using: &chance) * 1000
                        wish.retryIntervalMs = Int.random(in: 2...10, using: &chance) * 1000
                        wish.members["parents"] = ["router"]
                    })
            }
            await fixture.pass(.seconds(95))
            network.play("c")
            await fixture.pass(.seconds(240))
            #expect(try await told(fixture) == ["router ok>critical"], "\(seed)")
            #expect(
                try await fixture.names { ($0.reachable, $0.limit) = (false, 1000) }.count
                    == children)
            network.play("o")
            await fixture.pass(.seconds(120))
            #expect(
                try await told(fixture) == ["router ok>critical", "router critical>ok"], "\(seed)")
            #expect(try await fixture.names { $0.suppressed = true }.isEmpty)
        }
    }
}
