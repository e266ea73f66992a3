import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Definitions that are run once and leave nothing.
@Suite struct TrialTests {
    private func test(
        _ fixture: MonitoringFixture, _ members: JSON.Object, limit: Int = 1000,
        call: Call = MonitoringFixture.call
    ) async throws -> Trial {
        var params = TestCheck()
        params.members = members
        params.limit = limit
        return try await fixture.service.test(params, for: call)
    }

    @Test func `a trial shows state, output, values, metrics and phases`() async throws {
        let server = try ExpositionServer()
        try await MonitoringFixture.run { fixture in
            let at = fixture.time.now()
            try server.expose("a.txt", "a{x=\"y\"} 1.5\nb NaN\nc +Inf \(at.milliseconds)\n")
            let trial = try await test(
                fixture,
                [
                    "type": "prometheus", "url": .string(server.url("/file/a.txt")),
                    "instance": "one",
                ])
            #expect(trial.state == .ok)
            #expect(trial.output.hasPrefix("3 samples of 3 scraped"))
            #expect(trial.phases.map(\.name).suffix(2) == ["receive", "parse"])
            #expect(trial.phases.allSatisfy { $0.durationMs >= 0 })
            #expect(trial.metricCount == 6)
            let json = try JSON(encoding: trial)
            #expect(
                json["metrics"]?[3]?.text
                    == #"{"name":"a","labels":{"check":"test","instance":"one","x":"y"},"value":1.5}"#
            )
            #expect(json["metrics"]?[4]?["value"] == "NaN")
            #expect(json["metrics"]?[5]?["value"] == "+Inf")
            #expect(json["metrics"]?[5]?["at"] == .string(at.description))
            #expect(json["measurements"]?[0]?.text == #"{"label":"samples","value":3,"min":0}"#)

            let short = try await test(
                fixture, ["type": "prometheus", "url": .string(server.url("/file/a.txt"))], limit: 4
            )
            #expect(short.metrics.count == 4)
            #expect(short.metricCount == 6)
        }
    }

    @Test func `nothing stays of a trial`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "a 1\n")
        _ = Stage("trial", "c")
        try await MonitoringFixture.run { fixture in
            let before = fixture.store.statistics.writes
            let audited = try await fixture.count("audit")
            let scraped = try await test(
                fixture, ["type": "prometheus", "url": .string(server.url("/file/a.txt"))])
            #expect(scraped.state == .ok)
            let played = try await test(fixture, ["type": "scripted", "stage": "trial"])
            #expect(played.state == .critical)
            #expect(played.phases.map(\.name) == ["run"])
            await fixture.service.settle()
            #expect(fixture.store.statistics.writes == before)
            #expect(fixture.series.statistics.series == 0)
            #expect(fixture.series.statistics.samplesAppended == 0)
            #expect(try await fixture.count("audit") == audited)
            for table in ["monitoring_check", "monitoring_history", "event"] {
                #expect(try await fixture.count(table) == 0, "\(table)")
            }
            #expect(await fixture.service.statistics().runs == 0)
        }
    }

    @Test func `what is wrong with a definition is named as by create`() async throws {
        try await MonitoringFixture.run { fixture in
            for (members, path) in [
                (["type": "scripted"], "stage"), (["type": "nothing"], "type"), ([:], "type"),
                (["type": "heartbeat"], "type"),
                (
                    [
                        "type": "scripted", "stage": "x", "interval_ms": 11,
                        "retry_interval_ms": 5000,
                    ], "interval_ms"
                ),
                (["type": "scripted", "stage": "x", "colour": 1], "colour"),
                (["type": "composite", "checks": ["nobody"]], "checks[0]"),
            ] as [(JSON.Object, String)] {
                do {
                    _ = try await test(fixture, members)
                    Issue.record("\(members) was run")
                } catch let error as RPCError {
                    #expect(error.fields.map(\.path) == [path])
                }
            }
        }
    }

    @Test func `a composite is decided from what there is`() async throws {
        _ = Stage("tried", "o")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(MonitoringFixture.wish("leaf", on: "tried"))
            await fixture.pass(.seconds(1))
            let trial = try await test(fixture, ["type": "composite", "checks": ["leaf"]])
            #expect(trial.output == "1 of 1 ok, 1 needed")
        }
    }

    private static func hanging(_ stage: Stage) -> TestCheck {
        var params = TestCheck()
        params.members = [
            "type": "scripted", "stage": .string(stage.name), "interval_ms": 3_600_000,
            "timeout_ms": 3_000_000,
        ]
        return params
    }

    /// A trial that has begun and does not end by itself.
    private static func underWay(
        _ stage: Stage, _ service: MonitoringService
    ) async -> Task<Trial, any Error> {
        let trial = Task { try await service.test(hanging(stage), for: MonitoringFixture.call) }
        await stage.began(1)
        return trial
    }

    @Test func `a trial under way ends with the plugin`() async throws {
        let stage = Stage("trial that ends with the plugin", "h")
        try await MonitoringFixture.run { fixture in
            let service = fixture.service
            let trial = await Self.underWay(stage, service)
            await service.stop()
            let error = await #expect(throws: RPCError.self) { _ = try await trial.value }
            #expect(error?.kind == "plugin_unavailable")
            let late = await #expect(throws: RPCError.self) {
                _ = try await service.test(Self.hanging(stage), for: MonitoringFixture.call)
            }
            #expect(late?.kind == "plugin_unavailable")
            #expect(stage.runs == 1)
        }
    }

    @Test func `a trial under way ends with its caller`() async throws {
        let stage = Stage("trial that ends with its caller", "h")
        try await MonitoringFixture.run { fixture in
            let service = fixture.service
            let trial = await Self.underWay(stage, service)
            trial.cancel()
            await #expect(throws: CancellationError.self) { _ = try await trial.value }
            #expect(await service.trials.isEmpty)
        }
    }
}
