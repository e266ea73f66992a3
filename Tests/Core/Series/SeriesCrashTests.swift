import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

/// A real process, killed while it flushes, checkpoints, merges, rolls up and prunes.
@Suite struct SeriesCrashTests {
    static let perRound: Int64 = 40
    static let minutesPerRound: Int64 = 10

    @Test func `what was flushed survives kill -9 at any moment, and rollups say what samples say`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            let now = fixture.time.now().milliseconds
            let start = Day.range(Day.number(of: now) - 29).lowerBound
            var random = SeriesRandom(seed: 7)
            var rounds: Int64 = 0
            for turn in 0..<10 {
                await fixture.store.close()
                var crasher = try Crasher(
                    "series", fixture.folder.path, "\(start)", "\(now)", "\(rounds)")
                let wanted = Int.random(in: 20...150, using: &random)
                var lines: [String] = []
                while lines.count < wanted, let line = crasher.line() { lines.append(line) }
                lines += crasher.kill()
                #expect(lines.count >= wanted)
                let promised = try #require(lines.last.flatMap(Int64.init)) + 1
                try await fixture.crash()
                rounds = try await Self.check(fixture, start, promised: promised)
                if turn % 3 == 2 {
                    try await fixture.series.checkpoint()
                    #expect(try await Self.check(fixture, start, promised: promised) == rounds)
                }
            }
            #expect(try await fixture.series.storage().rollups > 0)
            // Of what retention has deleted the rollups know all the same.
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            #expect(try await fixture.samples("old").count < rounds * Self.perRound)
            #expect(fixture.series.statistics.damaged == 0 && fixture.log.all.isEmpty)
            try await fixture.store.checkIntegrity()
        }
    }

    /// Answers how many whole rounds there are: all that were promised, and maybe more.
    private static func check(
        _ fixture: SeriesFixture, _ start: Int64, promised: Int64
    ) async throws -> Int64 {
        var rounds = Int64.max
        for number in 0..<8 {
            let samples = try await fixture.samples("m\(number)")
            #expect(
                samples
                    == samples.indices.map {
                        Sample(at: start + Int64($0) * 15_000, value: Double($0 + number))
                    })
            rounds = min(rounds, Int64(samples.count) / Self.perRound)
            for step in [60, 3600] {
                for aggregation in RollupTests.condensable {
                    let end = start + 29 * Day.length
                    let rolled = try await fixture.query(
                        "m\(number)", from: start, to: end, step: .seconds(step), aggregation)
                    var buckets = BucketAggregator(
                        from: start, step: Int64(step) * 1000, aggregation: aggregation)
                    for sample in samples { buckets.add(sample) }
                    #expect(rolled[0].points == buckets.finish())
                }
            }
        }
        #expect(rounds >= promised)
        #expect(try await Self.oldMinutes(fixture, start) >= promised * Self.minutesPerRound)
        return rounds
    }

    /// How many minutes are known of the series that is older than what is kept.
    ///
    /// Not how many samples: of a minute that is pruned while its other half is still to come, the
    /// rollup keeps the fuller half.
    private static func oldMinutes(
        _ fixture: SeriesFixture, _ start: Int64
    ) async throws -> Int64 {
        let counts = try await fixture.query(
            "old", from: start - 10 * Day.length, to: start, step: .seconds(60), .count)
        return Int64(counts[0].points.count { $0.value > 0 })
    }
}
