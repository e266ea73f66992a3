import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesGroupingTests {
    static let start: Int64 = 1_795_220_000_000

    static func fill(_ fixture: SeriesFixture) async throws {
        for (mode, host, values) in [
            ("idle", "a", [1.0, 2, 3]), ("idle", "b", [10, 20]), ("user", "a", [5, 5, 5]),
            ("", "c", [7]),
        ] {
            let samples = ChunkTests.samples(values, from: Self.start, every: 60_000)
            try fixture.append(samples, to: "cpu", ["mode": mode, "host": host])
            if mode == "idle" { try await fixture.series.checkpoint() }
        }
    }

    static func points(
        _ fixture: SeriesFixture, by labels: [String], _ operation: SeriesGrouping.Operation
    ) async throws -> [String: [Double]] {
        let results = try await fixture.series.query(
            SeriesQuery(
                matchers: [.metric("cpu")], from: Instant(milliseconds: Self.start),
                to: Instant(milliseconds: Self.start + 299_999), step: .seconds(60),
                grouping: SeriesGrouping(by: labels, operation)))
        #expect(results == results.sorted { $0.key < $1.key })
        return Dictionary(
            uniqueKeysWithValues: results.map { ($0.key.description, $0.points.map(\.value)) })
    }

    @Test(arguments: [
        (SeriesGrouping.Operation.avg, [5.5, 11, 3]), (.sum, [11, 22, 3]), (.min, [1, 2, 3]),
        (.max, [10, 20, 3]), (.count, [2, 2, 1]),
    ])
    func `series become one by a label`(
        operation: SeriesGrouping.Operation, idle: [Double]
    ) async throws {
        try await SeriesFixture.run { fixture in
            try await Self.fill(fixture)
            let found = try await Self.points(fixture, by: ["mode"], operation)
            #expect(found[#"{mode="idle"}"#] == idle)
            let one = operation == .count
            #expect(found[#"{mode="user"}"#] == (one ? [1, 1, 1] : [5, 5, 5]))
            // Series without the label are a group of their own.
            #expect(found[""] == (one ? [1] : [7]) && found.count == 3)
        }
    }

    @Test func `several labels, no label, the name and unknown ones tell groups apart`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            try await Self.fill(fixture)
            #expect(try await Self.points(fixture, by: [], .count) == ["": [4, 3, 2]])
            #expect(try await Self.points(fixture, by: ["__name__"], .count) == ["cpu": [4, 3, 2]])
            #expect(try await Self.points(fixture, by: ["nothing"], .max) == ["": [10, 20, 5]])
            let all = try await Self.points(fixture, by: ["host", "mode", "host"], .sum)
            #expect(all.count == 4 && all[#"{host="b",mode="idle"}"#] == [10, 20])
        }
    }

    @Test func `a step is needed, and the answer has a limit`() async throws {
        var settings = SeriesSettings()
        settings.maxQueryPoints = 5
        try await SeriesFixture.run(settings) { fixture in
            try await Self.fill(fixture)
            let error = await #expect(throws: SeriesError.self) {
                try await fixture.series.query(
                    SeriesQuery(
                        matchers: [], from: Instant(milliseconds: 0),
                        to: Instant(milliseconds: 9), grouping: SeriesGrouping(.sum)))
            }
            #expect(error?.kind == .invalidQuery)
            let large = await #expect(throws: SeriesError.self) {
                try await Self.points(fixture, by: ["host"], .sum)
            }
            #expect(large?.kind == .tooMuchData)
        }
    }
}
