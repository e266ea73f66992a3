/// What one bucket has seen so far, kept only as far as its aggregation needs it.
struct BucketValues {
    private var count = 0
    private var sum = 0.0
    private var least = Double.infinity
    private var greatest = -Double.infinity
    private var last = 0.0
    private var increase = 0.0
    private var elapsed: Int64 = 0
    private var all: [Double] = []

    mutating func add(_ sample: Sample, after previous: Sample?, aggregation: Aggregation) {
        self.count += 1
        self.sum += sample.value
        self.least = min(self.least, sample.value)
        self.greatest = max(self.greatest, sample.value)
        self.last = sample.value
        switch aggregation {
        case .rate: if let previous { self.grow(from: previous, to: sample) }
        case .quantile: self.all.append(sample.value)
        case .avg, .min, .max, .sum, .count, .last: break
        }
    }

    /// Nil when there is nothing to tell.
    func result(of aggregation: Aggregation) -> Double? {
        guard self.count > 0 else { return nil }
        switch aggregation {
        case .avg: return self.sum / Double(self.count)
        case .min: return self.least
        case .max: return self.greatest
        case .sum: return self.sum
        case .count: return Double(self.count)
        case .last: return self.last
        case .rate: return self.elapsed > 0 ? self.increase * 1000 / Double(self.elapsed) : nil
        case .quantile(let share): return self.quantile(share)
        }
    }

    private mutating func grow(from previous: Sample, to sample: Sample) {
        // A counter that fell was reset, and has grown from zero to what it is now.
        let isReset = sample.value < previous.value
        self.increase += isReset ? sample.value : sample.value - previous.value
        self.elapsed += sample.at - previous.at
    }

    private func quantile(_ share: Double) -> Double {
        let sorted = self.all.sorted()
        let rank = share * Double(sorted.count - 1)
        let low = sorted[Int(rank)]
        let high = sorted[min(Int(rank) + 1, sorted.count - 1)]
        // Two equal infinities would give NaN by the formula.
        return low == high ? low : low + (high - low) * (rank - rank.rounded(.down))
    }
}
