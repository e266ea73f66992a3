import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct SLOServiceTests {
    private static let call = MonitoringFixture.call

    private static func wish(_ change: (inout CreateSLO) -> Void = { _ in }) -> CreateSLO {
        var wish = CreateSLO()
        wish.name = "shop"
        wish.objective = 99
        change(&wish)
        return wish
    }

    private static func complaint(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return ["nothing"]
        } catch let error as RPCError {
            return error.fields.isEmpty ? [error.kind] : error.fields.map(\.path).sorted()
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `Counters make a budget that equals what they say, also after a kill`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(
                Self.wish { ($0.bad, $0.total) = ("errors_total", "requests_total") },
                for: Self.call)
            var (errors, requests) = (0.0, 0.0)
            var (allErrors, allRequests) = (0.0, 0.0)
            for step in 0..<240 {
                if step == 100 { (errors, requests) = (0, 0) }
                if step > 0 {
                    let more = Double(SLORulesTests.noise(step, below: 50))
                    (errors, requests) = (errors + 1, requests + more + 1)
                    (allErrors, allRequests) = (allErrors + 1, allRequests + more + 1)
                }
                try fixture.sample("errors_total", errors)
                try fixture.sample("requests_total", requests)
                await fixture.pass(.seconds(15))
                if step == 150 {
                    // The fixture's series have no timer; a daemon's flush themselves each second.
                    try await fixture.series.flush()
                    try await fixture.crash()
                }
            }
            await fixture.pass(.seconds(60))
            let status = try await fixture.slo("shop")
            #expect(abs(status.total - allRequests) < 1e-6)
            #expect(abs(status.total - status.good - allErrors) < 1e-6)
            try await fixture.restart()
            let again = try await fixture.slo("shop")
            #expect(again.total == status.total)
            #expect(again.good == status.good)
            #expect(again.countedUntil == status.countedUntil)
            #expect(again.alerts.map(\.longBurnRate) == status.alerts.map(\.longBurnRate))
        }
    }

    @Test func `A check that is down burns, pages once, and is resolved`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("slo down", "o")
            try await fixture.create(
                MonitoringFixture.wish("shop", on: "slo down") {
                    ($0.intervalMs, $0.maxAttempts) = (10_000, 1)
                })
            _ = try await fixture.slos.create(
                Self.wish { $0.checks = "{check=\"shop\"}" }, for: Self.call)
            await fixture.pass(.seconds(3600))
            #expect(try await fixture.slo("shop").state == .ok)
            #expect(try await fixture.slo("shop").budgetLeftPercent == 100)
            stage.play("c")
            await fixture.pass(.seconds(900))
            let burning = try await fixture.slo("shop")
            #expect(burning.alerts.first?.firing == true)
            #expect((burning.budgetLeftPercent ?? 0) < 0)
            let event = try #require(
                try await fixture.events("slo.firing").first { $0.data["window"] == "1h" })
            #expect(event.data["severity"] == "page")
            #expect((event.data["long_burn_rate"]?.double ?? 0) > 14.4)
            try await fixture.crash()
            #expect(try await fixture.slo("shop").alerts.first?.firing == true)
            stage.play("o")
            await fixture.pass(.seconds(420))
            #expect(try await fixture.topics(of: "slo").contains("slo.resolved"))
            let pages = try await fixture.events("slo.firing").count {
                $0.data["window"] == "1h"
            }
            #expect(pages == 1)
        }
    }

    @Test(arguments: [false, true])
    func `Maintenance burns nothing unless it counts`(counts: Bool) async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("slo work", "c")
            try await fixture.create(
                MonitoringFixture.wish("shop", on: "slo work") { $0.maxAttempts = 1 })
            var work = CreateMaintenance()
            (work.name, work.select, work.durationMs) = ("work", "{check=\"shop\"}", 3_600_000)
            _ = try await fixture.maintenance.create(work, for: Self.call)
            _ = try await fixture.slos.create(
                Self.wish { ($0.checks, $0.countMaintenance) = ("{}", counts) }, for: Self.call)
            await fixture.pass(.seconds(600))
            let status = try await fixture.slo("shop")
            #expect((status.total > 0) == counts)
            #expect(status.good == 0)
        }
    }

    @Test func `What cannot be reached burns nothing`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("slo router", "c")
            _ = Stage("slo behind", "c")
            for (name, parents) in [("router", [JSON]()), ("behind", ["router"])] {
                try await fixture.create(
                    MonitoringFixture.wish(name, on: "slo \(name)") {
                        ($0.intervalMs, $0.maxAttempts) = (10_000, 1)
                        $0.members["parents"] = .array(parents)
                    })
                await fixture.pass(.seconds(11))
            }
            _ = try await fixture.slos.create(
                Self.wish { $0.checks = "{check=\"behind\"}" }, for: Self.call)
            await fixture.pass(.seconds(300))
            #expect(try await fixture.service.get("behind")["reachable"] == false)
            #expect(try await fixture.slo("shop").total == 0)
        }
    }

    @Test(arguments: [120, 1200, 7200])
    func `What counters grow while nobody can read them is counted when they are back`(
        gap: Int
    ) async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(
                Self.wish { ($0.bad, $0.total) = ("bad", "total") }, for: Self.call)
            await fixture.pass(.seconds(15))
            for (bad, total) in [(0, 0), (1, 100)] {
                try fixture.sample("bad", Double(bad))
                try fixture.sample("total", Double(total))
                await fixture.pass(.seconds(60))
            }
            await fixture.pass(.seconds(gap))
            try fixture.sample("bad", 8)
            try fixture.sample("total", 1100)
            await fixture.pass(.seconds(120))
            let status = try await fixture.slo("shop")
            #expect((status.good, status.total) == (1092, 1100))
            // A counter that is new has not grown by what it stands at.
            try fixture.sample("late_total", 5000)
            await fixture.pass(.seconds(120))
            #expect(try await fixture.slo("shop").total == 1100)
        }
    }

    @Test func `Samples on the good side are good`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(
                Self.wish {
                    ($0.select, $0.condition, $0.threshold) = ("latency", .atMost, 0.3)
                }, for: Self.call)
            await fixture.pass(.seconds(15))
            for value in [0.1, 0.3, 0.5, 0.2] {
                try fixture.sample("latency", value)
                await fixture.pass(.seconds(30))
            }
            await fixture.pass(.seconds(60))
            let status = try await fixture.slo("shop")
            #expect((status.good, status.total) == (3, 4))
        }
    }

    @Test func `Counting something else begins anew, and a new name does not`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = Self.call
            _ = try await fixture.slos.create(
                Self.wish { ($0.good, $0.total) = ("good", "total") }, for: call)
            for step in 0..<10 {
                try fixture.sample("good", Double(step))
                try fixture.sample("total", Double(step * 2))
                await fixture.pass(.seconds(30))
            }
            let before = try await fixture.slo("shop").total
            #expect(before > 0)
            var change = UpdateSLO()
            change.slo = "shop"
            change.members = ["name": "store", "objective": 95]
            _ = try await fixture.slos.update(change, for: call)
            #expect(try await fixture.slo("store").total == before)
            change.slo = "store"
            change.members = ["checks": "{}"]
            let other = try await fixture.slos.update(change, for: call)
            #expect(other.checks == "{}")
            #expect(other.total == nil)
            #expect(try await fixture.slo("store").total == 0)
            try await fixture.restart()
            #expect(try await fixture.slo("store").total == 0)
            _ = try await fixture.slos.delete("store", at: nil, for: call)
            #expect(try await fixture.count("monitoring_slo") == 0)
        }
    }

    private static let impossible: [(String, @Sendable (inout CreateSLO) -> Void)] = [
        ("checks", { _ in }), ("checks", { ($0.checks, $0.select) = ("{}", "x") }),
        ("checks", { $0.checks = "{" }), ("good", { $0.total = "x" }),
        ("good", { ($0.total, $0.good, $0.bad) = ("x", "y", "z") }),
        ("total", { ($0.total, $0.good) = ("}", "y") }), ("condition", { $0.select = "x" }),
        ("bad_states", { ($0.checks, $0.badStates) = ("{}", []) }),
        ("bad_states", { ($0.checks, $0.badStates) = ("{}", [.ok]) }),
    ]

    @Test func `What cannot be is refused by its member`() async throws {
        try await MonitoringFixture.run { fixture in
            for (path, change) in Self.impossible {
                let wish = Self.wish(change)
                let found = await Self.complaint {
                    _ = try await fixture.slos.create(wish, for: Self.call)
                }
                #expect(found == [path])
            }
            let count = try await fixture.count("monitoring_slo")
            #expect(count == 0)
        }
    }

    @Test func `The least budget stands first, what is not known last`() async throws {
        try await MonitoringFixture.run { fixture in
            for (name, part) in [("a", "half"), ("b", "all"), ("c", "none"), ("d", "half")] {
                _ = try await fixture.slos.create(
                    Self.wish { ($0.name, $0.good, $0.total) = (name, part, "\(part)_total") },
                    for: Self.call)
            }
            for step in 0..<10 {
                try fixture.sample("half", Double(step))
                try fixture.sample("half_total", Double(step * 2))
                try fixture.sample("all", Double(step))
                try fixture.sample("all_total", Double(step))
                await fixture.pass(.seconds(30))
            }
            var params = ShowSLOStatus()
            params.limit = 3
            let first = try await fixture.slos.status(params)
            #expect(first.items.map(\.name) == ["a", "d", "b"])
            params.cursor = first.nextCursor
            #expect(try await fixture.slos.status(params).items.map(\.name) == ["c"])
        }
    }
}

extension MonitoringFixture {
    func sample(_ name: String, _ value: Double) throws {
        series.append(try series.handle(name), value, at: time.now())
    }

    func slo(_ name: String) async throws -> SLOStatus {
        var params = ShowSLOStatus()
        params.slo = name
        return try #require(try await slos.status(params).items.first)
    }
}
