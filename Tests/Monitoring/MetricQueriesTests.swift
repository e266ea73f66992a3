import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Questions about metrics, in the callers' terms.
@Suite struct MetricQueriesTests {
    private static func query(
        _ fixture: MonitoringFixture, _ select: String,
        _ change: (inout QueryMetrics) -> Void = { _ in }
    ) async throws -> [SeriesResult] {
        var params = QueryMetrics()
        params.select = select
        change(&params)
        let queries = MetricQueries(series: fixture.series, time: fixture.time)
        return try await queries.query(params).items
    }

    @Test func `Samples come raw, condensed and within the range`() async throws {
        try await MonitoringFixture.run { fixture in
            let load = try fixture.series.handle("load", ["host": "a"])
            let start = fixture.time.now()
            for second in 0..<120 {
                fixture.series.append(load, Double(second), at: start + .seconds(second))
            }
            await fixture.time.advance(by: .seconds(119))
            let raw = try await Self.query(fixture, "load")
            #expect(raw.first?.points.count == 120)
            let maxima = try await Self.query(fixture, "load{host=\"a\"}") {
                $0.from = start
                $0.stepMs = 60_000
                $0.aggregation = .max
            }
            #expect(maxima.first?.points.map(\.value) == [59, 119])
            let median = try await Self.query(fixture, "load") {
                $0.from = start
                $0.to = start + .seconds(10)
                $0.stepMs = 3_600_000
                $0.aggregation = .quantile
                $0.quantile = 0.5
            }
            #expect(median.first?.points.map(\.value) == [5])
            let last = try await Self.query(fixture, "load") { $0.lastMs = 9_500 }
            #expect(last.first?.points.count == 10)
        }
    }

    @Test func `Without a beginning, steps of whole minutes begin with one`() async throws {
        try await MonitoringFixture.run { fixture in
            let load = try fixture.series.handle("load")
            let start = fixture.time.now()
            for second in 0..<300 {
                fixture.series.append(load, 1, at: start + .seconds(second))
            }
            await fixture.time.advance(by: .seconds(299))
            let found = try await Self.query(fixture, "load") {
                $0.lastMs = 200_000
                $0.stepMs = 60_000
                $0.aggregation = .count
            }
            let points = try #require(found.first).points
            #expect(points.allSatisfy { $0.at % 60_000 == 0 })
            #expect(points.dropFirst().dropLast().allSatisfy { $0.value == 60 })
            #expect(points[0].at <= fixture.time.now().milliseconds - 200_000)
        }
    }

    @Test(arguments: [
        ("load{", "select"), ("load{host=~\"(\"}", "select"), ("load", "from"),
    ])
    func `A question that cannot be answered names the parameter`(
        _ select: String, _ path: String
    ) async throws {
        try await MonitoringFixture.run { fixture in
            do {
                _ = try await Self.query(fixture, select) {
                    if path == "from" { $0.from = fixture.time.now() + .seconds(1) }
                }
                Issue.record("answered")
            } catch let error as RPCError {
                #expect(error.kind == "invalid_params")
                #expect(error.fields.map(\.path) == [path])
            }
        }
    }

    @Test func `A quantile without its share is refused`() async throws {
        try await MonitoringFixture.run { fixture in
            let kind = await CheckManagementTests.refusal {
                _ = try await Self.query(fixture, "load") { $0.aggregation = .quantile }
            }
            #expect(kind == "invalid_params")
        }
    }

    @Test func `Series are listed in pages and labels by name`() async throws {
        try await MonitoringFixture.run { fixture in
            for host in ["a", "b", "c", "d", "e"] {
                let handle = try fixture.series.handle("load", ["host": host])
                fixture.series.append(handle, 1, at: fixture.time.now())
            }
            let queries = MetricQueries(series: fixture.series, time: fixture.time)
            var params = ListSeries()
            params.select = "load"
            params.limit = 2
            var hosts: [String?] = []
            repeat {
                let page = try await queries.series(params)
                hosts += page.items.map { $0.labels["host"] }
                params.cursor = page.nextCursor
            } while params.cursor != nil
            #expect(hosts == ["a", "b", "c", "d", "e"])
            var labels = ListLabels()
            #expect(try await queries.labels(labels).items == ["__name__", "host"])
            labels.label = "host"
            #expect(try await queries.labels(labels).items == ["a", "b", "c", "d", "e"])
        }
    }
}
