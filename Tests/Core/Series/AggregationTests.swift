import Testing

@testable import OpsCore

@Suite struct AggregationTests {
    static func points(
        _ samples: [Sample], _ aggregation: Aggregation, from: Int64 = 0, step: Int64 = 10
    ) -> [SeriesPoint] {
        var buckets = BucketAggregator(from: from, step: step, aggregation: aggregation)
        for sample in samples { buckets.add(sample) }
        return buckets.finish()
    }

    /// The same question answered in the plainest way.
    static func oracle(
        _ samples: [Sample], _ aggregation: Aggregation, from: Int64, step: Int64
    ) -> [SeriesPoint] {
        let usable = samples.filter { !$0.value.isNaN }
        let buckets = Dictionary(grouping: usable.indices) { (usable[$0].at - from) / step }
        return buckets.sorted { $0.key < $1.key }.compactMap { bucket, indices in
            let values = indices.map { usable[$0].value }
            let at = from + bucket * step
            return self.expected(values, indices, usable, aggregation)
                .map { SeriesPoint(at: at, value: $0) }
        }
    }

    private static func expected(
        _ values: [Double], _ indices: [Int], _ samples: [Sample], _ aggregation: Aggregation
    ) -> Double? {
        let sorted = values.sorted()
        switch aggregation {
        case .avg: return values.reduce(0, +) / Double(values.count)
        case .min: return sorted.first
        case .max: return sorted.last
        case .sum: return values.reduce(0, +)
        case .count: return Double(values.count)
        case .last: return values.last
        case .rate: return self.rate(indices, samples)
        case .quantile(let share):
            let rank = share * Double(sorted.count - 1)
            let below = sorted[Int(rank.rounded(.down))]
            let above = sorted[Int(rank.rounded(.up))]
            return below + (above - below) * (rank - rank.rounded(.down))
        }
    }

    private static func rate(_ indices: [Int], _ samples: [Sample]) -> Double? {
        let pairs = indices.filter { $0 > 0 }.map { (samples[$0 - 1], samples[$0]) }
        guard let first = pairs.first, let last = pairs.last else { return nil }
        let grown = pairs.map { $1.value >= $0.value ? $1.value - $0.value : $1.value }
        return grown.reduce(0, +) / (Double(last.1.at - first.0.at) / 1000)
    }

    static let all: [Aggregation] = [
        .avg, .min, .max, .sum, .count, .last, .rate, .quantile(0), .quantile(0.5),
        .quantile(0.95), .quantile(1),
    ]

    @Test(arguments: all, 1...6)
    func `random samples agree with the plain computation`(
        aggregation: Aggregation, seed: UInt64
    ) {
        var random = SeriesRandom(seed: seed)
        let from = Int64.random(in: -5000...5000, using: &random)
        var at = from
        let samples = (0..<800).map { _ in
            at += Int64.random(in: 1...40, using: &random)
            let isGap = Int.random(in: 0..<10, using: &random) == 0
            return Sample(
                at: at, value: isGap ? .nan : Double.random(in: -50...50, using: &random))
        }
        let step = Int64.random(in: 1...300, using: &random)
        let points = Self.points(samples, aggregation, from: from, step: step)
        let oracle = Self.oracle(samples, aggregation, from: from, step: step)
        #expect(points.map(\.at) == oracle.map(\.at))
        for (point, expected) in zip(points, oracle) {
            #expect(abs(point.value - expected.value) <= 1e-9 * max(1, abs(expected.value)))
        }
    }

    @Test func `a rate counts what a counter grew, across resets and buckets`() {
        let samples = ChunkTests.samples([0, 10, 20, 5, 15, 15], from: 0, every: 1000)
        // 10, 10, then a reset and 5, then 10 and 0: five seconds.
        #expect(
            Self.points(samples, .rate, step: 10_000) == [SeriesPoint(at: 0, value: 35.0 / 5)])
        let halves = Self.points(samples, .rate, step: 3000)
        #expect(
            halves == [SeriesPoint(at: 0, value: 20.0 / 2), SeriesPoint(at: 3000, value: 15.0 / 3)])
    }

    @Test func `a single sample has no rate`() {
        #expect(Self.points([Sample(at: 5, value: 9)], .rate).isEmpty)
    }

    @Test func `a bucket of nothing but NaN gives no point`() {
        let samples = [Sample(at: 1, value: .nan), Sample(at: 12, value: 4)]
        for aggregation in [Aggregation.avg, .count, .last, .min, .sum] {
            #expect(Self.points(samples, aggregation).map(\.at) == [10])
        }
    }

    @Test func `infinities are values`() {
        let samples = [Sample(at: 1, value: .infinity), Sample(at: 2, value: .infinity)]
        for aggregation in [Aggregation.avg, .max, .last, .sum, .quantile(0.5)] {
            #expect(Self.points(samples, aggregation).map(\.value) == [.infinity])
        }
    }

    @Test func `aggregations are found by name`() throws {
        for name in Aggregation.names { _ = try Aggregation(named: name, quantile: 0.9) }
        #expect(try Aggregation(named: "quantile", quantile: 0.9) == .quantile(0.9))
        let error = #expect(throws: SeriesError.self) { try Aggregation(named: "mean") }
        #expect(error?.description.contains("use one of avg, min") == true)
        for share in [nil, -0.1, 1.1, Double.nan] {
            #expect(throws: SeriesError.self) {
                try Aggregation(named: "quantile", quantile: share)
            }
        }
    }
}
