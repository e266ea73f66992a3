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
