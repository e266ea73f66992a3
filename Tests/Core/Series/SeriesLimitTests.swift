import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesLimitTests {
    @Test func `the number of series has a limit`() async throws {
        var settings = SeriesSettings()
        settings.maxSeries = 3
        try await SeriesFixture.run(settings) { fixture in
            for name in ["a", "b", "c"] { try fixture.append([Sample(at: 0, value: 0)], to: name) }
            let error = #expect(throws: SeriesError.self) { try fixture.series.handle("d") }
            #expect(error?.kind == .tooManySeries)
            #expect(error?.message == "d is refused: there are 3 series, which is the limit")
            _ = try fixture.series.handle("a")
            #expect(fixture.series.statistics.series == 3)
        }
    }

    @Test func `keys that make no sense are refused`() async throws {
        try await SeriesFixture.run { fixture in
            let bad: [(String, Labels)] = [
                ("", [:]), ("m", ["": "v"]), ("m", ["__name__": "x"]),
                ("m", ["big": String(repeating: "x", count: 9000)]),
            ]
            for (name, labels) in bad {
                let error = #expect(throws: SeriesError.self) {
                    try fixture.series.handle(name, labels)
                }
                #expect(error?.kind == .invalidKey)
            }
        }
    }

    @Test func `queries that make no sense are refused`() async throws {
        try await SeriesFixture.run { fixture in
            func kind(_ body: () async throws -> Void) async -> SeriesError.Kind? {
                await #expect(throws: SeriesError.self) { try await body() }?.kind
            }
            #expect(
                await kind { _ = try await fixture.query("m", from: 2, to: 1) } == .invalidQuery)
            #expect(
                await kind { _ = try await fixture.query("m", from: 0, to: 1, step: .zero) }
                    == .invalidQuery)
            #expect(
                await kind {
                    _ = try await fixture.query(
                        "m", from: 0, to: 1, step: .seconds(1), .quantile(2))
                } == .invalidQuery)
            #expect(
                await kind { _ = try await fixture.query("m", step: .seconds(1)) } == .tooMuchData)
            #expect(
                await kind {
                    _ = try await fixture.series.query(
                        SeriesQuery(
                            matchers: [LabelMatcher("a", .matches, "*")],
                            from: Instant(milliseconds: 0), to: Instant(milliseconds: 1)))
                } == .invalidPattern)
        }
    }

    @Test func `an answer has a limit of series and of points`() async throws {
        var settings = SeriesSettings()
        settings.maxQueryPoints = 500
        settings.maxQuerySeries = 2
        try await SeriesFixture.run(settings) { fixture in
            for name in ["a", "b", "c"] { try fixture.append(SeriesTests.ramp, to: name) }
            for selector in ["{}", #"{__name__=~"a|b"}"#] {
                let error = await #expect(throws: SeriesError.self) {
                    try await fixture.query(selector)
                }
                #expect(error?.kind == .tooMuchData)
            }
            #expect(try await fixture.samples("a").count == 300)
        }
    }

    @Test func `an answer that is too large is refused before all of it is read`() async throws {
        var settings = SeriesSettings()
        settings.maxQueryPoints = 500
        try await SeriesFixture.run(settings) { fixture in
            let day = RollupTests.yesterday(fixture)
            let (step, values) = (Day.length / 250, (0..<500).map(Double.init))
            for name in ["a", "b", "c"] {
                try fixture.append(ChunkTests.samples(values, from: day, every: step), to: name)
            }
            try await fixture.series.checkpoint()
            // Who reads on finds the damage.
            try await fixture.execute(
                "UPDATE series_block SET data = ? WHERE start_at >= \(day + Day.length)", [1])
            let error = await #expect(throws: SeriesError.self) {
                try await fixture.query(
                    "{}", from: day, to: day + 2 * Day.length - 1, step: .milliseconds(step))
            }
            #expect(error?.kind == .tooMuchData)
            #expect(fixture.series.statistics.damaged == 0)
        }
    }

    @Test func `series that become one are condensed a few at a time`() async throws {
        var settings = SeriesSettings()
        settings.maxQueryPoints = 500
        try await SeriesFixture.run(settings) { fixture in
            for name in ["a", "b", "c"] { try fixture.append(SeriesTests.ramp, to: name) }
            try await fixture.series.checkpoint()
            let start = SeriesTests.ramp[0].at
            let query = SeriesQuery(
                matchers: [], from: Instant(milliseconds: start),
                to: Instant(milliseconds: start + 299_000), step: .seconds(1), aggregation: .sum,
                grouping: SeriesGrouping(.sum))
            let points = try await fixture.series.query(query).flatMap(\.points)
            #expect(points.map(\.value) == SeriesTests.ramp.map { $0.value * 3 })
        }
    }

    @Test func `samples before the start and after the stop are refused and counted`() async throws
    {
        try await SeriesFixture.run { fixture in
            await fixture.series.stop()
            try fixture.append(SeriesTests.ramp)
            #expect(fixture.series.statistics.samplesRefused == 300)
            #expect(fixture.series.statistics.series == 0)
            #expect(try await fixture.samples().isEmpty)
        }
    }
}
