import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesRetentionTests {
    /// A minute of samples that ends `age` ago.
    static func minute(_ time: ManualTime, age: Duration) -> [Sample] {
        let start = (time.now() - age).milliseconds - 60_000
        return ChunkTests.samples((0..<60).map(Double.init), from: start)
    }

    /// Rollups are kept as long as samples.
    static let settings: SeriesSettings = {
        var settings = SeriesSettings()
        settings.minuteRetention = .zero
        settings.hourRetention = .zero
        return settings
    }()

    @Test func `what is older than the retention is deleted, block by block`() async throws {
        try await SeriesFixture.run(Self.settings) { fixture in
            let old = Self.minute(fixture.time, age: .seconds(31 * 86_400))
            let young = Self.minute(fixture.time, age: .seconds(29 * 86_400))
            try fixture.append(old, to: "mixed")
            try fixture.append(old, to: "dead", ["host": "gone"])
            try await fixture.series.checkpoint()
            try fixture.append(young, to: "mixed")
            try await fixture.series.checkpoint()

            let result = try await fixture.series.prune()
            #expect(result == PruneResult(blocks: 1, samples: 120, rollups: 2, series: 1))
            #expect(try await fixture.samples("mixed") == young)
            #expect(try await fixture.series.series().map(\.name) == ["mixed"])
            #expect(try await fixture.series.labelNames() == ["__name__"])
            #expect(try await fixture.series.prune() == PruneResult())
            try await fixture.crash()
            #expect(try await fixture.series.series().map(\.name) == ["mixed"])
        }
    }

    @Test func `a handle outlives its series, which comes back`() async throws {
        try await SeriesFixture.run(Self.settings) { fixture in
            let old = Self.minute(fixture.time, age: .seconds(40 * 86_400))
            let early = try fixture.series.handle("m")
            try fixture.append(old)
            try await fixture.series.checkpoint()
            #expect(try await fixture.series.prune().series == 1)
            // Another handle for the same key, looked up before the early one is used again.
            let late = try fixture.series.handle("m")
            fixture.series.append(early, 1, at: fixture.time.now())
            fixture.series.append(late, 2, at: fixture.time.now() + .seconds(1))
            #expect(fixture.series.statistics.series == 1)
            #expect(try await fixture.samples().map(\.value) == [1, 2])
            try await fixture.restart()
            #expect(try await fixture.samples().map(\.value) == [1, 2])
        }
    }

    @Test func `a series with samples in memory only is not dead`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Self.minute(fixture.time, age: .zero))
            try await fixture.series.flush()
            #expect(try await fixture.series.prune() == PruneResult())
            #expect(try await fixture.samples().count == 60)
        }
    }

    @Test func `a series that gets a sample while it is deleted is saved anew`() async throws {
        let (deleting, found) = AsyncStream.makeStream(of: Void.self)
        let gate = Recorder<@Sendable () -> Void>()
        let fault: StatementFault = { sql in
            guard sql.contains("DELETE FROM series_group") else { return }
            for append in gate.all { append() }
            found.yield()
        }
        try await SeriesFixture.run(Self.settings, fault: fault) { fixture in
            let handle = try fixture.series.handle("m")
            let (series, now) = (fixture.series, fixture.time.now())
            try fixture.append(Self.minute(fixture.time, age: .seconds(40 * 86_400)))
            try await fixture.series.checkpoint()
            gate.append { series.append(handle, 7, at: now) }
            _ = try await fixture.series.prune()
            _ = await deleting.first { true }
            try await fixture.series.flush()
            try await fixture.crash()
            #expect(try await fixture.samples().map(\.value) == [7])
        }
    }
}
