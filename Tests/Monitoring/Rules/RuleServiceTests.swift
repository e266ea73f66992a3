import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct RuleServiceTests {
    private static let call = MonitoringFixture.call

    /// A rule that looks every ten seconds whether the newest load is above ten.
    private static func wish(_ change: (inout CreateRule) -> Void = { _ in }) -> CreateRule {
        var wish = CreateRule()
        wish.name = "load"
        wish.select = "load"
        wish.condition = .above
        wish.threshold = 10
        wish.aggregation = .last
        wish.windowMs = 15_000
        wish.intervalMs = 10_000
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

    @Test func `A figure that is bad for long enough is told with what there is to say`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { wish in
                    wish.forMs = 30_000
                    wish.severity = .critical
                    wish.labels = ["team": "web"]
                    wish.annotations = ["text": "{{ labels.host }} is at {{ value }}"]
                }, for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            #expect(try await fixture.rules.get("load").state == .pending)
            #expect(try await fixture.topics(of: "rule") == ["rule.created"])
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(30))
            let event = try #require(try await fixture.events("rule.firing").last)
            #expect(event.ref == Ref("rule", 1))
            #expect(event.data["labels"] == ["host": "a", "team": "web"])
            #expect(event.data["annotations"]?["text"] == "a is at 12")
            #expect(event.data["severity"] == "critical")
            try await fixture.feed("load", ["host": "a"], 3, for: .seconds(20))
            #expect(
                try await fixture.topics(of: "rule")
                    == ["rule.created", "rule.firing", "rule.resolved"])
            var params = RuleHistory()
            params.rule = "load"
            let history = try await fixture.rules.history(params).items
            #expect(history.map(\.state) == [.ok, .firing, .pending])
            #expect(try await fixture.count("monitoring_alert") == 0)
        }
    }

    @Test(arguments: [true, false])
    func `A wait survives a restart and a kill`(isKilled: Bool) async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { $0.forMs = 60_000 }, for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(40))
            let before = try await fixture.alert("load").pendingSince
            if isKilled { try await fixture.crash() } else { try await fixture.restart() }
            #expect(try await fixture.alert("load").pendingSince == before)
            try await fixture.feed("load", [:], 12, for: .seconds(35))
            #expect(try await fixture.topics(of: "rule").last == "rule.firing")
            if isKilled { try await fixture.crash() } else { try await fixture.restart() }
            try await fixture.feed("load", [:], 12, for: .seconds(60))
            #expect(try await fixture.topics(of: "rule").count { $0 == "rule.firing" } == 1)
        }
    }

    @Test func `A wait for clearing survives a kill`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { $0.keepFiringForMs = 60_000 }, for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            try await fixture.feed("load", [:], 1, for: .seconds(30))
            try await fixture.crash()
            #expect(try await fixture.rules.get("load").state == .firing)
            try await fixture.feed("load", [:], 1, for: .seconds(60))
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
        }
    }

    @Test func `A series that vanishes is no recovery and can be forgotten`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            var forget = ForgetRuleAlert()
            forget.rule = "load"
            forget.labels = ["host": "a"]
            #expect(
                await Self.complaint { _ = try await fixture.rules.forget(forget, for: Self.call) }
                    == ["conflict"])
            await fixture.pass(.seconds(600))
            try await fixture.restart()
            await fixture.pass(.seconds(60))
            #expect(try await fixture.topics(of: "rule").last == "rule.firing")
            #expect(try await fixture.alert("load").missingSince != nil)
            _ = try await fixture.rules.forget(forget, for: Self.call)
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
            #expect(try await fixture.count("monitoring_alert") == 0)
        }
    }

    @Test func `What was never there can be what fires`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { $0.onMissing = .firing }, for: Self.call)
            await fixture.pass(.seconds(20))
            #expect(try await fixture.topics(of: "rule").last == "rule.firing")
            try await fixture.feed("load", ["host": "a"], 1, for: .seconds(20))
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
            await fixture.pass(.seconds(60))
            let event = try #require(try await fixture.events("rule.firing").last)
            #expect(event.data["labels"] == ["host": "a"])
        }
    }

    @Test func `Maintenance holds bad news back and good news never`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            var work = CreateMaintenance()
            work.name = "work"
            work.select = "{rule=\"load\"}"
            work.durationMs = 120_000
            _ = try await fixture.maintenance.create(work, for: Self.call)
            try await fixture.feed("load", ["host": "a"], 1, for: .seconds(20))
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
            try await fixture.feed("load", ["host": "a"], 13, for: .seconds(40))
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
            #expect(try await fixture.alert("load").announced == false)
            var params = RuleHistory()
            params.rule = "load"
            #expect(
                try await fixture.rules.history(params).items.first?.suppressedBy == "maintenance")
            try await fixture.feed("load", ["host": "a"], 13, for: .seconds(65))
            #expect(try await fixture.topics(of: "rule").last == "rule.firing")
            #expect(try await fixture.topics(of: "rule").count { $0 == "rule.firing" } == 2)
        }
    }

    @Test func `Too many sets of labels are refused and alerts stay`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { ($0.maxInstances, $0.threshold) = (3, 1) }, for: Self.call)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(20))
            for host in 1...5 {
                let handle = try fixture.series.handle("load", ["host": "\(host)"])
                fixture.series.append(handle, 12, at: fixture.time.now())
            }
            await fixture.pass(.seconds(10))
            let rule = try await fixture.rules.get("load")
            #expect(rule.state == .failing)
            #expect(rule.error?.contains("6 sets of labels") == true)
            #expect(rule.firing == 1)
            try await fixture.feed("load", ["host": "a"], 12, for: .seconds(40))
            #expect(try await fixture.rules.get("load").state == .firing)
        }
    }

    @Test func `A counter's rate knows a reset, and a ratio its other side`() async throws {
        try await MonitoringFixture.run { fixture in
            var wish = TestRule()
            wish.definition = [
                "name": "errors", "select": "errors_total", "aggregation": "rate",
                "window_ms": 60_000, "across": "sum", "by": ["site"], "condition": "above",
                "threshold": 0.5, "against": ["select": "requests_total"],
            ]
            let start = fixture.time.now()
            for second in stride(from: 0, through: 60, by: 10) {
                // The counter of errors starts again after half a minute.
                let errors = second <= 30 ? second : second - 30
                for (name, value) in [("errors_total", errors), ("requests_total", second)] {
                    for host in ["a", "b"] {
                        let handle = try fixture.series.handle(name, ["site": "ulm", "host": host])
                        fixture.series.append(handle, Double(value), at: start + .seconds(second))
                    }
                }
            }
            wish.to = start + .seconds(60)
            let found = try await fixture.rules.test(wish)
            #expect(found.items.count == 1)
            #expect(found.items.first?.labels == ["site": "ulm"])
            #expect(found.items.first?.state == .firing)
            // Of 50 s of the window 10 s + 20 s + 10 s + 10 s count for the one that was reset.
            let ratio = try #require(found.items.first?.value.double)
            #expect(abs(ratio - 1) < 0.01)
        }
    }

    @Test func `Trying a rule on the past finds what it did then`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(
                Self.wish { ($0.forMs, $0.clearThreshold) = (20_000, 5) }, for: Self.call)
            let start = fixture.time.now()
            for value in [1.0, 12, 12, 12, 7, 12, 3, 12, 1] {
                try await fixture.feed("load", ["host": "a"], value, for: .seconds(20))
            }
            var history = RuleHistory()
            history.rule = "load"
            let then = try await fixture.rules.history(history).items.reversed()
                .map { "\($0.previousState) \($0.state)" }
            var params = TestRule()
            params.rule = "load"
            params.from = start
            params.stepMs = 1000
            let now = try await fixture.rules.test(params)
            #expect(then.count == 5)
            #expect(now.transitions.map { "\($0.previousState) \($0.state)" } == then)
            params.stepMs = nil
            params.from = start - .seconds(1_000_000)
            #expect(
                await Self.complaint { _ = try await fixture.rules.test(params) } == ["step_ms"])
            #expect(try await fixture.count("monitoring_rule") == 1)
        }
    }

    @Test func `A full disk loses no change`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            fixture.outage.begin()
            try await fixture.feed("load", [:], 12, for: .seconds(40))
            #expect(try await fixture.rules.get("load").state == .failing)
            #expect(try await fixture.topics(of: "rule") == ["rule.created"])
            fixture.outage.end()
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            #expect(try await fixture.topics(of: "rule") == ["rule.created", "rule.firing"])
        }
    }

    @Test func `A rule that looks elsewhere ends what it saw, and so does one that goes`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            var change = UpdateRule()
            change.rule = "load"
            change.members = ["threshold": 11]
            let same = try await fixture.rules.update(change, for: Self.call)
            #expect(same.firing == 1)
            #expect(same.generation == 2)
            change.members = ["select": "other"]
            let other = try await fixture.rules.update(change, for: Self.call)
            #expect(other.firing == 0)
            #expect(try await fixture.topics(of: "rule").contains("rule.resolved"))
            change.members = ["select": "load", "for_ms": .null]
            _ = try await fixture.rules.update(change, for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            _ = try await fixture.rules.delete("load", at: nil, for: Self.call)
            #expect(
                try await fixture.topics(of: "rule").suffix(2) == ["rule.resolved", "rule.deleted"])
            for table in ["monitoring_rule", "monitoring_alert", "monitoring_rule_history"] {
                #expect(try await fixture.count(table) == 0)
            }
        }
    }

    @Test func `A paused rule rests and keeps its alerts`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            var change = UpdateRule()
            change.rule = "load"
            change.members = ["paused": true]
            let paused = try await fixture.rules.update(change, for: Self.call)
            #expect(paused.state == .paused)
            #expect(paused.nextEvaluationAt == nil)
            try await fixture.feed("load", [:], 1, for: .seconds(60))
            #expect(try await fixture.topics(of: "rule").last == "rule.updated")
            change.members = ["paused": false]
            _ = try await fixture.rules.update(change, for: Self.call)
            try await fixture.feed("load", [:], 1, for: .seconds(20))
            #expect(try await fixture.topics(of: "rule").last == "rule.resolved")
        }
    }

    @Test func `What cannot be is refused by its member`() async throws {
        try await MonitoringFixture.run { fixture in
            let cases: [(String, (inout CreateRule) -> Void)] = [
                ("select", { $0.select = "{" }), ("quantile", { $0.aggregation = .quantile }),
                ("by", { $0.by = ["site"] }), ("clear_threshold", { $0.clearThreshold = 11 }),
                ("clear_threshold", { ($0.condition, $0.clearThreshold) = (.equal, 1) }),
                ("annotations.text", { $0.annotations = ["text": "{{ nobody }}"] }),
                ("threshold", { $0.threshold = .infinity }),
                ("against.select", { $0.against = RuleOperand(select: "}") }),
                ("against.window_ms", { $0.against = RuleOperand(select: "x", windowMs: 0) }),
            ]
            for (path, change) in cases {
                let found = await Self.complaint {
                    _ = try await fixture.rules.create(Self.wish(change), for: Self.call)
                }
                #expect(found == [path])
            }
            var test = TestRule()
            #expect(await Self.complaint { _ = try await fixture.rules.test(test) } == ["rule"])
            test.definition = ["name": "x", "select": "{"]
            #expect(
                await Self.complaint { _ = try await fixture.rules.test(test) }
                    == ["definition.condition", "definition.threshold"])
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            #expect(
                await Self.complaint {
                    _ = try await fixture.rules.create(Self.wish(), for: Self.call)
                } == ["conflict"])
            #expect(
                await Self.complaint { _ = try await fixture.rules.get("rule:9") } == ["not_found"])
        }
    }

    @Test func `Rules are spread over their interval and evaluated in time`() async throws {
        try await MonitoringFixture.run { fixture in
            for number in 1...50 {
                _ = try await fixture.rules.create(
                    Self.wish { $0.name = "rule \(number)" }, for: Self.call)
            }
            await fixture.pass(.seconds(10))
            let before = await fixture.rules.statistics().evaluations
            await fixture.pass(.seconds(5))
            let half = await fixture.rules.statistics().evaluations - before
            #expect((20...30).contains(half), "\(half) of 50 in half an interval")
            await fixture.pass(.seconds(5))
            let statistics = await fixture.rules.statistics()
            #expect(statistics.evaluations - before == 50)
            #expect(statistics.rules == 50)
        }
    }

    @Test func `Five thousand alerts wait, survive a kill, fire and recover, each for itself`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let (count, half) = (5000, 2500)
            _ = try await fixture.rules.create(
                Self.wish { ($0.forMs, $0.maxInstances) = (60_000, count) }, for: Self.call)
            func feed(_ value: @escaping (Int) -> Double, for length: Duration) async throws {
                let end = fixture.time.uptime() + length
                while fixture.time.uptime() < end {
                    let samples = try (0..<count).map { host in
                        (try fixture.series.handle("load", ["host": "\(host)"]), value(host))
                    }
                    fixture.series.append(samples, at: fixture.time.now())
                    await fixture.pass(.seconds(10))
                }
            }
            func states() async throws -> [AlertStatus.State: Int] {
                var states: [AlertStatus.State: Int] = [:]
                var params = ListRuleAlerts()
                (params.rule, params.limit) = ("load", 1000)
                repeat {
                    let page = try await fixture.rules.alerts(params)
                    for alert in page.items { states[alert.state, default: 0] += 1 }
                    params.cursor = page.nextCursor
                } while params.cursor != nil
                return states
            }
            try await feed({ _ in 12 }, for: .seconds(30))
            #expect(try await states() == [.pending: count])
            try await fixture.crash()
            #expect(try await states() == [.pending: count])
            // Half of them are well again before their time is up.
            try await feed({ $0 < half ? 12 : 3 }, for: .seconds(50))
            #expect(try await states() == [.firing: half])
            try await fixture.restart()
            #expect(try await states() == [.firing: half])
            let fired = try await fixture.events("rule.firing").compactMap {
                $0.data["labels"]?["host"]?.string.flatMap(Int.init)
            }
            #expect(fired.sorted() == Array(0..<half))
            try await feed({ _ in 3 }, for: .seconds(20))
            #expect(try await states() == [:])
            #expect(try await fixture.events("rule.resolved").count == half)
            #expect(try await fixture.count("monitoring_alert") == 0)
        }
    }

    @Test func `Old history of alerts is deleted`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.wish(), for: Self.call)
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            #expect(try await fixture.count("monitoring_rule_history") == 1)
            try await fixture.restart(after: fixture.limits.historyRetention + .seconds(60))
            await fixture.service.houseIsKept()
            #expect(try await fixture.count("monitoring_rule_history") == 0)
        }
    }

    @Test func `Rules are listed by name and the worst first, in pages`() async throws {
        try await MonitoringFixture.run { fixture in
            for (name, threshold) in [("a", 99.0), ("b", 10), ("c", 99)] {
                _ = try await fixture.rules.create(
                    Self.wish { ($0.name, $0.threshold) = (name, threshold) }, for: Self.call)
            }
            try await fixture.feed("load", [:], 12, for: .seconds(20))
            var params = ListRules()
            #expect(try await fixture.rules.list(params).items.map(\.name) == ["a", "b", "c"])
            params.sort = .worst
            params.limit = 2
            let first = try await fixture.rules.list(params)
            #expect(first.items.map(\.name) == ["b", "a"])
            params.cursor = first.nextCursor
            #expect(try await fixture.rules.list(params).items.map(\.name) == ["c"])
            params = ListRules()
            params.state = .firing
            #expect(try await fixture.rules.list(params).items.map(\.name) == ["b"])
        }
    }
}

extension MonitoringFixture {
    /// Lets time pass with a sample of a series every five seconds.
    func feed(
        _ name: String, _ labels: [String: String], _ value: Double, for length: Duration
    ) async throws {
        let end = time.uptime() + length
        while time.uptime() < end {
            let handle = try series.handle(name, Labels(labels))
            series.append(handle, value, at: time.now())
            await pass(.seconds(5))
        }
    }

    /// The only alert of a rule.
    func alert(_ rule: String) async throws -> RuleAlert {
        var params = ListRuleAlerts()
        params.rule = rule
        let alerts = try await rules.alerts(params).items
        return try #require(alerts.first)
    }
}

extension RuleService {
    /// Returns once every evaluation has ended.
    func settle() async {
        while let run = runs.values.first { await run.value }
    }
}
