/// A value axis with ticks at round numbers.
struct Axis: Equatable {
    var low: Double
    var high: Double
    var step: Double

    /// An axis that holds these values with about `count` ticks.
    init(_ values: some Collection<Double>, count: Int) {
        var low = values.min() ?? 0
        var high = values.max() ?? 1
        // Small values stay in proportion when the axis begins at zero; far ones keep their detail.
        if low > 0, low < 0.7 * high { low = 0 }
        if low == high {
            let room = low == 0 ? 1 : abs(low) * 0.1
            low -= low > 0 || low < 0 ? room : 0
            high += room
        }
        step = Self.round((high - low) / Double(max(1, count)))
        self.low = (low / step).rounded(.down) * step
        self.high = (high / step).rounded(.up) * step
    }

    /// The next of 1, 2, 5, 10 … that is no smaller.
    private static func round(_ value: Double) -> Double {
        var power = 1.0
        while power > value { power /= 10 }
        while power * 10 <= value { power *= 10 }
        return [1, 2, 5].map { $0 * power }.first { $0 >= value * 0.999 } ?? 10 * power
    }

    var ticks: [Double] {
        (0...Int(((high - low) / step).rounded())).map { low + Double($0) * step }
    }

    /// Where a value is, between 0 at the bottom and 1 at the top.
    func position(_ value: Double) -> Double {
        (value - low) / (high - low)
    }
}
