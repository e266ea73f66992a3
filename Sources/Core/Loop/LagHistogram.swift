/// Counts how late something was, in fixed buckets: constant memory and no allocation.
struct LagHistogram {
    /// The upper bounds of the buckets in milliseconds; the last bucket has none.
    static let boundsMs: [Double] = [
        0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500,
        1_000, 2_000, 5_000, 10_000,
    ]

    private(set) var samples = 0
    private(set) var maxMs = 0.0
    private var counts = [Int](repeating: 0, count: Self.boundsMs.count + 1)

    mutating func record(ms: Double) {
        let bucket = Self.boundsMs.firstIndex { ms <= $0 } ?? Self.boundsMs.count
        self.counts[bucket] += 1
        self.samples += 1
        self.maxMs = max(self.maxMs, ms)
    }

    mutating func merge(_ other: LagHistogram) {
        for bucket in self.counts.indices { self.counts[bucket] += other.counts[bucket] }
        self.samples += other.samples
        self.maxMs = max(self.maxMs, other.maxMs)
    }

    /// The upper bound of the bucket in which the quantile lies, and never more than the maximum.
    func quantileMs(_ quantile: Double) -> Double {
        let rank = (quantile * Double(self.samples)).rounded(.up)
        var seen = 0
        for (bound, count) in zip(Self.boundsMs, self.counts) {
            seen += count
            if Double(seen) >= rank { return min(bound, self.maxMs) }
        }
        return self.maxMs
    }

    var snapshot: LagSnapshot {
        LagSnapshot(
            p50Ms: self.quantileMs(0.5), p99Ms: self.quantileMs(0.99), maxMs: self.maxMs,
            samples: self.samples)
    }
}
