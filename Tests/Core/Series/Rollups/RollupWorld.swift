import OpsJSONRPC
import Testing

@testable import OpsCore

/// A store to which anything may happen, and what it has to know about its samples.
struct RollupWorld {
    private let fixture: SeriesFixture
    private var random: SeriesRandom
    private var model: [String: [Int64: Double]] = [:]
    private let start: Int64

    init(_ fixture: SeriesFixture, seed: UInt64) {
        self.fixture = fixture
        self.random = SeriesRandom(seed: seed)
        self.start = RollupTests.yesterday(fixture) - Day.length
    }

    /// Lets something happen and compares.
    mutating func step() async throws {
        switch Int.random(in: 0..<8, using: &self.random) {
        case 0...2: try self.append()
        case 3: try await self.delete()
        case 4: try await self.fixture.series.merge()
        case 5: try await self.fixture.series.rollUp()
        case 6:
            try await self.fixture.series.flush()
            try await self.fixture.crash()
        default: await self.fixture.time.advance(by: .seconds(6 * 3600))
        }
        if Bool.random(using: &self.random) { try await self.fixture.series.checkpoint() }
        for _ in 0..<3 { try await self.compare() }
    }

    /// A scrape of a few hours, of which some instants are there already.
    private mutating func append() throws {
        let first = self.start + Int64.random(in: 0..<(3 * Day.length), using: &self.random)
        let step = [1000, 15_000, 60_000, 7_777].randomElement(using: &self.random) ?? 1
        let count = Int.random(in: 1...2000, using: &self.random)
        let names = ["a", "b", "c"].filter { _ in Bool.random(using: &self.random) }
        for name in names {
            var samples: [Sample] = []
            for index in 0..<count {
                let value =
                    Int.random(in: 0..<50, using: &self.random) == 0
                    ? Double.nan : Double(Int.random(in: -400...400, using: &self.random)) / 8
                samples.append(Sample(at: first + Int64(index * step), value: value))
                self.model[name, default: [:]][first + Int64(index * step)] = value
            }
            try self.fixture.append(samples, to: name)
        }
    }

    private mutating func delete() async throws {
        let name = ["a", "b", "c"].randomElement(using: &self.random) ?? "a"
        let from = self.start + Int64.random(in: 0..<(3 * Day.length), using: &self.random)
        let to = from + Int64.random(in: 0..<Day.length, using: &self.random)
        _ = try await SeriesDeletionTests.delete(self.fixture, name, from: from, to: to)
        self.model[name] = self.model[name]?.filter { !(from...to).contains($0.key) }
    }

    /// Holds the answer to some question against what is known.
    mutating func compare() async throws {
        let step = [60, 300, 3600, 7200, 90].randomElement(using: &self.random) ?? 60
        var from = self.start + Int64.random(in: -3_600_000..<(3 * Day.length), using: &self.random)
        if Int.random(in: 0..<4, using: &self.random) > 0 { from -= from % Int64(step * 1000) }
        let to = from + Int64.random(in: 0..<(3 * Day.length), using: &self.random)
        let aggregation = RollupTests.condensable.randomElement(using: &self.random) ?? .avg
        let found = try await self.fixture.query(
            "{__name__=~\"a|b|c\"}", from: from, to: to, step: .seconds(step), aggregation)
        let wanted = self.model.keys.sorted().compactMap { name -> SeriesResult? in
            var buckets = BucketAggregator(
                from: from, step: Int64(step) * 1000, aggregation: aggregation)
            for (at, value) in (self.model[name] ?? [:]).sorted(by: { $0.key < $1.key })
            where (from...to).contains(at) { buckets.add(Sample(at: at, value: value)) }
            let points = buckets.finish()
            return points.isEmpty ? nil : SeriesResult(SeriesKey(name: name), points: points)
        }
        #expect(found == wanted)
    }
}
