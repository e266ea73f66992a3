import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// The series of a check's results, over a real series store.
@Suite struct KnownSeriesTests {
    private static let result = CheckResult(
        state: .warning, output: "",
        measurements: [Measurement(label: "load", value: 2), Measurement(label: "rtt", unit: "s")],
        metrics: [Metric("check_reachable", [:], 1)])

    /// What a check recorded last, as `name{labels} value`.
    private func stored(in fixture: MonitoringFixture) async throws -> [String] {
        let queries = MetricQueries(series: fixture.series, time: fixture.time)
        var query = QueryMetrics()
        query.select = "{check=\"c\"}"
        query.lastMs = 86_400_000
        return try await queries.query(query).items.map { item in
            let key = SeriesKey(name: item.name, labels: item.labels)
            return "\(key) \(item.points.map { "\($0.value)" }.joined(separator: " "))"
        }.sorted()
    }

    private func known(
        _ result: CheckResult, in fixture: MonitoringFixture
    ) -> KnownSeries {
        KnownSeries(of: result, "c") { try? fixture.series.handle($0, $1) }
    }

    @Test func `Results of the same measurements use the same series`() async throws {
        try await MonitoringFixture.run { fixture in
            let known = known(Self.result, in: fixture)
            #expect(known.isComplete)
            var second = Self.result
            second.state = .ok
            second.measurements[0].value = 3
            second.measurements[1].value = 0.5
            for (seconds, result) in [Self.result, second].enumerated() {
                let samples = try #require(known.samples(of: result))
                fixture.series.append(samples, at: fixture.time.now() + .seconds(seconds))
            }
            await fixture.time.advance(by: .seconds(5))
            #expect(
                try await stored(in: fixture) == [
                    "check_duration_seconds{check=\"c\"} 0.0 0.0",
                    "check_reachable{check=\"c\"} 1.0 1.0", "check_state{check=\"c\"} 1.0 0.0",
                    "check_value{check=\"c\",label=\"load\"} 2.0 3.0",
                    "check_value{check=\"c\",label=\"rtt\",unit=\"s\"} 0.5",
                ])
        }
    }

    @Test func `Results of other measurements are told from them`() async throws {
        try await MonitoringFixture.run { fixture in
            let known = known(Self.result, in: fixture)
            let changes: [(inout CheckResult) -> Void] = [
                { $0.measurements[0].label = "load1" }, { $0.measurements[1].unit = "ms" },
                { $0.measurements.removeLast() }, { $0.measurements.swapAt(0, 1) },
                { $0.metrics[0].name = "check_other" }, { $0.metrics[0].labels = ["x": "y"] },
                { $0.metrics = [] },
            ]
            for (number, change) in changes.enumerated() {
                var other = Self.result
                change(&other)
                #expect(known.samples(of: other) == nil, "\(number)")
            }
            #expect(known.samples(of: Self.result) != nil)
        }
    }

    @Test func `A series that is refused keeps no other one from its samples`() async throws {
        try await MonitoringFixture.run { fixture in
            let known = KnownSeries(of: Self.result, "c") { name, labels in
                labels["label"] == "load" ? nil : try? fixture.series.handle(name, labels)
            }
            #expect(!known.isComplete)
            #expect(known.samples(of: Self.result)?.map(\.1) == [1, 0, 1])
        }
    }

    @Test func `A check that is called otherwise records under its new name`() async throws {
        try await MonitoringFixture.run { fixture in
            let stage = Stage("known \(UInt64.random(in: 0 ... .max))", "o")
            try await fixture.create(MonitoringFixture.wish("old", on: stage.name))
            await fixture.pass(.seconds(70))
            _ = try await fixture.update("old") { $0.name = "c" }
            await fixture.pass(.seconds(70))
            #expect(try await stored(in: fixture).contains { $0.hasPrefix("check_state") })
        }
    }
}
