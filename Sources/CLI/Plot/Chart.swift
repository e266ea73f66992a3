import OpsJSONRPC

/// A chart of one or more series: what is to be drawn, without how.
struct Chart {
    var title: String
    var series: [MetricSeries]
    /// Values at which lines are drawn.
    var thresholds: [Threshold] = []
    /// The states of the check that the series are about.
    var states: MetricSeries?
    var names: [String]
    var unit: Figures.Unit
    var from: Int64
    var to: Int64
    var stepMs: Int64
    var width: Int
    var height: Int
    var zone: (Instant) -> Int
    var glyphs: Glyphs

    struct Threshold: Equatable {
        var value: Double
        var style: Palette.Style
    }

    /// The state of each column, as `check_state` counts them; nil where nothing is known.
    func band(columns: Int) -> [CheckState?] {
        let values = states?.columns(columns, from: from, to: to) ?? []
        let step = states.map { Self.usualStep($0.points) } ?? 0
        // Between two points the state stays what it was, as long as points go on coming.
        let reach = Int(3 * max(step, stepMs) * Int64(columns) / max(1, to - from)) + 1
        var band: [CheckState?] = []
        var last: (state: CheckState, column: Int)?
        for (column, value) in values.enumerated() {
            if let value { last = (CheckState(code: value), column) }
            band.append(last.flatMap { column - $0.column <= reach ? $0.state : nil })
        }
        return band
    }

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
