import OpsJSONRPC

/// A chart of one or more series: what is to be drawn, without how.
struct Chart {
    var title: String
    var series: [MetricSeries]
    var names: [String]
    var unit: Figures.Unit
    var from: Int64
    var to: Int64
    var stepMs: Int64
    var width: Int
    var height: Int
    var zone: (Instant) -> Int
    var glyphs: Glyphs

    /// The places where a line is broken, because too long nothing was measured.
    func isGap(_ a: MetricSeries.Point, _ b: MetricSeries.Point, usual: Int64) -> Bool {
        b.at - a.at > 3 * max(usual, stepMs)
    }

    /// The usual distance of the points of a series.
    static func usualStep(_ points: [MetricSeries.Point]) -> Int64 {
        let steps = zip(points, points.dropFirst()).map { $1.at - $0.at }.sorted()
        return steps.isEmpty ? 0 : steps[steps.count / 2]
    }
}
