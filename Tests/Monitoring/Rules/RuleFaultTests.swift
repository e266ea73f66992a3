import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What happens to rules at the wrong moment, and what they may not be.
struct RuleFaultTests {
    private static let call = MonitoringFixture.call
    private static let moment = Moment(now: Instant(milliseconds: 0), uptime: .zero)

    private static func wish(_ change: (inout CreateRule) -> Void = { _ in }) -> CreateRule {
        var wish = CreateRule()
        (wish.name, wish.select, wish.condition, wish.threshold) = ("load", "load", .above, 10)
        (wish.aggregation, wish.windowMs, wish.intervalMs) = (.last, 15_000, 10_000)
        change(&wish)
        return wish
    }

    /// What an evaluation has to say of a host that is bad.
    private static var news: AlertChange {
        AlertChange(
            labels: ["host": "a"], old: AlertStatus(),
            new: AlertStatus(state: .firing, announced: .firing), isLast: false,
            isSuppressed: false)
    }

    /// Writes what an evaluation of a rule says, and answers whether it was taken.
    private static func write(
        of rule: StoredRule, in fixture: MonitoringFixture
    ) async throws -> Bool {
        try await fixture.store.write(as: MonitoringFixture.user, reason: "test") { tx in
            try RuleWriter.write([news], of: rule, in: tx)
        }
    }

    private static func change(_ members: JSON.Object) -> UpdateRule {
        var change = UpdateRule()
        (change.rule, change.members) = ("load", members)
        return change
    }

    // MARK: - At the same time

    @Test func `What a maintenance held back is told once, whoever comes to tell it`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let rules = fixture.rules
            _ = try await rules.create(Self.wish(), for: Self.call)
            var work = CreateMaintenance()
            (work.name, work.select, work.durationMs) = ("work", "{rule=\"load\"}", 120_000)
            _ = try await fixture.maintenance.create(work, for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            #expect(try await fixture.alert("load").announced == false)
            // The maintenance is over, and its own look has not come yet.
            fixture.time.stepWallClock(by: .seconds(600))
            async let first: Void = rules.reconcile()
            async let second: Void = rules.reconcile()
            _ = await (first, second)
            #expect(try await fixture.events("rule.firing").count == 1)
            #expect(try await fixture.alert("load").announced)
        }
    }

    @Test func `An evaluation whose time comes while a rule is held follows`() async throws {
        try await MonitoringFixture.run { fixture in
            let (rules, time) = (fixture.rules, fixture.time)
            _ = try await rules.create(Self.wish(), for: Self.call)
            await fixture.pass(.seconds(20))
            let before = try #require(try await rules.get("load").lastEvaluatedAt)
            try await rules.hold(1) { await time.advance(by: .seconds(10)) }
            await rules.settle()
            let after = try #require(try await rules.get("load").lastEvaluatedAt)
            #expect(after - before >= .seconds(10))
            #expect(await rules.waiting.isEmpty)
            #expect(try await rules.get("load").nextEvaluationAt != nil)
        }
    }

    @Test func `An evaluation of what a rule was leaves nothing behind`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            let old = try #require(await fixture.rules.rules[1]?.stored)
            _ = try await fixture.rules.update(Self.change(["threshold": 20]), for: Self.call)
            #expect(try await Self.write(of: old, in: fixture) == false)
            #expect(try await fixture.count("monitoring_alert") == 0)
            #expect(try await fixture.count("monitoring_rule_history") == 0)
            #expect(try await fixture.events("rule.firing").isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `A change and a deletion end what the store knows and memory not yet`(isDeleted: Bool)
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            let rule = try #require(await fixture.rules.rules[1]?.stored)
            #expect(try await Self.write(of: rule, in: fixture))
            if isDeleted {
                _ = try await fixture.rules.delete("load", at: nil, for: Self.call)
            } else {
                _ = try await fixture.rules.update(
                    Self.change(["select": "other"]), for: Self.call)
            }
            #expect(try await fixture.count("monitoring_alert") == 0)
            let event = try #require(try await fixture.events("rule.resolved").first)
            #expect(event.data["labels"] == ["host": "a"])
            try await fixture.restart()
            await fixture.pass(.seconds(60))
            #expect(try await fixture.events("rule.resolved").count == 1)
        }
    }

    // MARK: - Refusals

    @Test func `A rule whose own label makes two alerts equal fails and tells nothing`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            // Before the rule looks for the first time, which would see one of them alone.
            for host in ["a", "b"] {
                fixture.series.append(
                    try fixture.series.handle("load", ["host": host]), 12, at: fixture.time.now())
            }
            _ = try await fixture.rules.create(
                Self.wish { $0.labels = ["host": "all"] }, for: Self.call)
            await fixture.pass(.seconds(10))
            let rule = try await fixture.rules.get("load")
            #expect(rule.state == .failing)
            #expect(rule.error?.contains("same labels") == true)
            #expect(try await fixture.events("rule.firing").isEmpty)
            _ = try await fixture.rules.update(
                Self.change(["labels": ["team": "web"]]), for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            #expect(try await fixture.events("rule.firing").last?.data["labels"]?["host"] == "a")
        }
    }

    @Test func `An alert that is gone has labels too`() throws {
        let rule = AlertRulesTests.rule { $0.labels = ["host": "all"] }
        let first = try RuleEvaluation.step([:], [["host": "a"]: 12], at: Self.moment, by: rule)
        #expect(first.count == 1)
        #expect(throws: RPCError.self) {
            try RuleEvaluation.step(first, [["host": "b"]: 12], at: Self.moment, by: rule)
        }
    }

    @Test func `What stands for missing figures is no twin of them`() throws {
        let rule = AlertRulesTests.rule {
            ($0.labels, $0.onMissing) = (["host": "all"], .firing)
        }
        let first = try RuleEvaluation.step([:], [:], at: Self.moment, by: rule)
        let second = try RuleEvaluation.step(
            first, [["host": "a"]: 12], at: Self.moment, by: rule)
        #expect(second[["host": "a"]]?.state == .firing)
        #expect(second[Labels()]?.state == .ok)
    }

    @Test func `Alerts that are gone count among those that a rule may remember`() throws {
        let rule = AlertRulesTests.rule { ($0.onMissing, $0.maxInstances) = (.unknown, 3) }
        var known: [Labels: AlertStatus] = [:]
        for pod in 1...3 {
            known = try RuleEvaluation.step(
                known, [["pod": "\(pod)"]: 1], at: Self.moment, by: rule)
        }
        #expect(known.count == 3)
        let error = #expect(throws: RPCError.self) {
            try RuleEvaluation.step(known, [["pod": "4"]: 1], at: Self.moment, by: rule)
        }
        #expect(error?.kind == "too_large")
        #expect(error?.message.contains("4 alerts, 3 of them without a figure") == true)
    }

    @Test func `A trial with more changes than anybody reads is refused`() throws {
        var trial = RuleTrial(rule: AlertRulesTests.rule { $0.maxInstances = 5000 })
        func readings(_ value: Double) -> [Labels: Double] {
            var readings: [Labels: Double] = [:]
            for host in 0..<5000 { readings[["host": "\(host)"]] = value }
            return readings
        }
        for (second, value) in [12.0, 1].enumerated() {
            trial = try trial.taking(
                readings(value), at: Instant(milliseconds: Int64(second) * 1000))
        }
        #expect(trial.transitions.count == RuleTrial.maxTransitions)
        let error = #expect(throws: RPCError.self) {
            try trial.taking(readings(12), at: Instant(milliseconds: 2000))
        }
        #expect(error?.kind == "too_large")
    }
}
