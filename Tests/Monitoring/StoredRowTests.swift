import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Rows of earlier and later versions, and what is deleted with a row.
struct StoredRowTests {
    private static let call = MonitoringFixture.call

    private static func execute(
        _ sql: String, _ argument: String, in fixture: MonitoringFixture
    ) async throws {
        try await fixture.store.write(as: MonitoringFixture.user, reason: "test") { tx in
            try tx.execute(sql, argument)
        }
    }

    private static func rule(_ name: String) -> CreateRule {
        var wish = CreateRule()
        (wish.name, wish.select, wish.condition, wish.threshold) = (name, "load", .above, 10)
        return wish
    }

    private static func slo(_ name: String) -> CreateSLO {
        var wish = CreateSLO()
        (wish.name, wish.objective, wish.checks) = (name, 99, "{}")
        return wish
    }

    private static func maintenance(_ name: String) -> CreateMaintenance {
        var wish = CreateMaintenance()
        (wish.name, wish.select, wish.durationMs) = (name, "{}", 60_000)
        return wish
    }

    private static func target(_ name: String) -> CreateTarget {
        var wish = CreateTarget()
        wish.name = name
        return wish
    }

    private static func template(_ name: String) -> CreateTemplate {
        var wish = CreateTemplate()
        wish.name = name
        wish.members = ["type": "scripted", "stage": "stored rows"]
        return wish
    }

    @Test(arguments: [
        ("rule", "definition", "{}"), ("rule", "definition", "not JSON"),
        ("slo", "definition", #"{"name": "x"}"#), ("slo", "firing_since", "{}"),
        ("maintenance", "exdates", "[7]"), ("template", "members", "not JSON"),
        ("target", "labels", "not JSON"), ("check", "memory", "not JSON"),
    ])
    func `A row that cannot be read is kept, said, and keeps nobody from working`(
        table: String, column: String, text: String
    ) async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("stored rows", "o")
            for name in ["bad", "good"] {
                _ = try await fixture.rules.create(Self.rule(name), for: Self.call)
                _ = try await fixture.slos.create(Self.slo(name), for: Self.call)
                _ = try await fixture.maintenance.create(Self.maintenance(name), for: Self.call)
                try await fixture.create(MonitoringFixture.wish(name, on: "stored rows"))
                _ = try await fixture.service.create(Self.template(name), for: Self.call)
                _ = try await fixture.service.create(Self.target(name), for: Self.call)
            }
            let checks = try await fixture.storedChecks()
            try await Self.execute(
                "UPDATE monitoring_\(table) SET \(column) = ? WHERE name = 'bad'", text,
                in: fixture)
            try await fixture.restart()
            #expect(fixture.log.all.count { $0.contains("cannot be read and is left out") } == 1)
            #expect(try await fixture.rules.get("good").name == "good")
            #expect(try await fixture.slos.get("good").name == "good")
            #expect(try await fixture.maintenance.get("good").name == "good")
            #expect(try await fixture.service.target("good").name == "good")
            // Nothing that follows takes the row away, nor what hangs on it.
            _ = try await fixture.service.create(Self.target("other"), for: Self.call)
            #expect(try await fixture.count("monitoring_\(table)") >= 2)
            #expect(try await fixture.storedChecks() > checks)
        }
    }

    @Test func `Members that are younger than a row have their defaults`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.rules.create(Self.rule("load"), for: Self.call)
            _ = try await fixture.slos.create(Self.slo("shop"), for: Self.call)
            try await Self.execute(
                "UPDATE monitoring_rule SET definition = ?",
                #"{"name":"load","query":{"select":"load"},"condition":"above","threshold":7}"#,
                in: fixture)
            try await Self.execute(
                "UPDATE monitoring_slo SET definition = ?",
                #"{"name":"shop","objective":95,"checks":"{}"}"#, in: fixture)
            try await fixture.restart()
            let rule = try await fixture.rules.get("load")
            #expect(rule.threshold == 7)
            #expect((rule.maxInstances, rule.intervalMs, rule.paused) == (1000, 60_000, false))
            let slo = try await fixture.slos.get("shop")
            #expect((slo.objective, slo.periodDays) == (95, 30))
            #expect(slo.badStates == [.critical])
        }
    }

    @Test func `An SLO of the first form is read, and written in the new one`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.slo("shop"), for: Self.call)
            let indicator = try JSON(
                encoding: SLOIndicator.ratio(part: "errors", isGood: false, total: "requests"))
            let old: JSON = [
                "name": "shop", "comment": "", "objective": 99, "period_days": 7, "labels": [:],
                "indicator": indicator,
            ]
            try await Self.execute(
                "UPDATE monitoring_slo SET definition = ?", old.text, in: fixture)
            try await fixture.restart()
            let slo = try await fixture.slos.get("shop")
            #expect((slo.bad, slo.total, slo.periodDays) == ("errors", "requests", 7))
            var change = UpdateSLO()
            (change.slo, change.members) = ("shop", ["comment": "new"])
            _ = try await fixture.slos.update(change, for: Self.call)
            let row = try #require(
                try await fixture.store.read {
                    try $0.row("SELECT definition FROM monitoring_slo")?.json("definition")
                })
            #expect(row["bad"] == "errors")
            #expect(row["indicator"] == nil)
        }
    }

    @Test func `Links go with the record that is deleted`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = Stage("stored rows", "o")
            _ = try await fixture.rules.create(Self.rule("a"), for: Self.call)
            _ = try await fixture.slos.create(Self.slo("a"), for: Self.call)
            _ = try await fixture.maintenance.create(Self.maintenance("a"), for: Self.call)
            try await fixture.create(MonitoringFixture.wish("a", on: "stored rows"))
            try await fixture.store.write(as: MonitoringFixture.user, reason: "test") { tx in
                for noun in ["rule", "slo", "maintenance", "check"] {
                    try tx.link(Ref(noun, 1), "concerns", Ref("ticket", 1))
                    try tx.link(Ref("ticket", 2), "concerns", Ref(noun, 1))
                }
            }
            _ = try await fixture.rules.delete("a", at: nil, for: Self.call)
            _ = try await fixture.slos.delete("a", at: nil, for: Self.call)
            _ = try await fixture.maintenance.delete("a", at: nil, for: Self.call)
            _ = try await fixture.service.delete("a", for: Self.call)
            #expect(try await fixture.count("link") == 0)
        }
    }

    @Test func `Checks that version 0.2.0 has indexed get their facets after the start`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = Stage("stored rows", "o")
            for number in 1...1200 {
                try await fixture.create(
                    MonitoringFixture.wish("check \(number)", on: "stored rows") {
                        $0.intervalMs = 3_600_000
                    })
            }
            // As it left them: with nothing to filter by but the noun.
            for sql in [
                "UPDATE search_document SET facets = '6e6f756ex636865636b'",
                "INSERT INTO search_index (search_index) VALUES ('rebuild')",
                "DROP TABLE monitoring_unindexed",
                "DELETE FROM migration WHERE name = 'index_checks_by_facets'",
            ] {
                try await fixture.store.writeUnaudited { _ = try $0.execute(sql) }
            }
            func found(_ facets: [String: String]) async throws -> Int {
                try await fixture.store.read {
                    try $0.search(SearchQuery("check", nouns: ["check"], facets: facets)).total
                }
            }
            #expect(try await found([:]) == 1200)
            #expect(try await found(["type": "scripted"]) == 0)
            try await fixture.restart()
            await fixture.service.houseIsKept()
            #expect(try await found(["type": "scripted"]) == 1200)
            // Some have looked again meanwhile.
            await fixture.service.settle()
            let pending = try await found(["state": "pending"])
            let ok = try await found(["state": "ok"])
            #expect(pending + ok == 1200)
            #expect(try await fixture.count("monitoring_unindexed") == 0)
            try await fixture.store.checkIntegrity()
        }
    }
}
