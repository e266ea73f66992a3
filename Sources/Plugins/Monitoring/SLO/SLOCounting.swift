internal import OpsCore

/// Counts good and all out of samples.
enum SLOCounting {
    /// How much counters grew within a stretch of time; samples before it tell where they stood.
    ///
    /// A counter that falls was reset and has grown from zero. Minutes in a row add up to the
    /// growth over all of them: nothing between two minutes is lost. A sample that is infinite or
    /// not a number says nothing about where the counter stands.
    static func growth(_ results: [SeriesResult], after start: Int64, upTo end: Int64) -> Double {
        results.reduce(0) { sum, result in
            var (growth, last) = (0.0, Double?.none)
            for point in result.points where point.value.isFinite && point.at <= end {
                if let last, point.at > start {
                    growth += point.value < last ? point.value : point.value - last
                }
                last = point.value
            }
            return sum + growth
        }
    }

    /// How many samples of a stretch of time are on the good side.
    static func samples(
        _ results: [SeriesResult], after start: Int64, upTo end: Int64,
        _ condition: RuleDefinition.Condition, _ threshold: Double
    ) -> SLOCounts {
        var counts = SLOCounts.none
        for result in results {
            for point in result.points where point.at > start && point.at <= end {
                guard !point.value.isNaN else { continue }
                counts.total += 1
                if condition.holds(point.value, threshold) { counts.good += 1 }
            }
        }
        return counts
    }

    /// The counts of a part and the whole; more good than all cannot be.
    static func counts(part: Double, isGood: Bool, total: Double) -> SLOCounts {
        let good = isGood ? part : total - part
        return SLOCounts(good: min(max(good, 0), total), total: total)
    }
}
