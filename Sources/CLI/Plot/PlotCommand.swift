import OpsJSONRPC

/// Turns the options of `metric plot` into a query, and its answer into a chart.
struct PlotCommand {
    let selector: String
    let from: Instant
    let to: Instant
    private let aggregation: String
    private let stepMs: Int
    private let width: Int
    private let height: Int
    private let isASCII: Bool
    private let thresholds: [Chart.Threshold]

    private static let mostSeries = 12
    /// A hundred years; nothing was measured before.
    private static let longestMs = 3_155_760_000_000

    init(params: JSON.Object, now: Instant, width: Int) throws {
        func instant(_ name: String) -> Instant? {
            params[name]?.string.flatMap { Instant($0) }
        }
        selector = params["selector"]?.string ?? ""
        to = instant("to") ?? now
        let lastMs = min(Self.longestMs, max(1000, params["last"]?.int ?? 3_600_000))
        from = instant("from") ?? Instant(milliseconds: to.milliseconds - Int64(lastMs))
        guard from < to else {
            throw Failure.usage("the first moment, \(from), is not before the last, \(to)")
        }
        aggregation = params["aggregation"]?.string ?? "avg"
        self.width = min(500, max(30, params["width"]?.int ?? min(width, 120)))
        height = min(200, max(3, params["height"]?.int ?? 12))
        isASCII = params["ascii"] == true
        thresholds =
            [("warning", Palette.Style.warning), ("critical", .critical)].compactMap {
                name, style in
                params[name]?.double.map { Chart.Threshold(value: $0, style: style) }
            }
        // Two dots a column; finer than a second nothing is measured.
        let finest = Int(to.milliseconds - from.milliseconds) / (2 * self.width)
        stepMs = max(1000, params["step"]?.int ?? finest)
    }

    var query: JSON.Object {
        [
            "select": .string(selector), "from": .string(from.description),
            "to": .string(to.description), "step_ms": .number(.init(stepMs)),
            "aggregation": .string(aggregation),
        ]
    }

    /// Nil when there is nothing to draw.
    func chart(_ answer: JSON, _ zone: @escaping (Instant) -> Int, _ glyphs: Glyphs) -> Chart? {
        let all = MetricSeries.all(answer).map(within).filter { !$0.points.isEmpty }
        guard let first = all.first else { return nil }
        let shown = Array(all.prefix(Self.mostSeries))
        let more = all.count > shown.count ? ", \(shown.count) of \(all.count) series" : ""
        return Chart(
            title:
                "\(selector.visibleLine)  \(span), \(aggregation) of \(TimeText.span(stepMs))\(more)",
            series: shown, thresholds: thresholds, names: SeriesNames(shown).texts,
            unit: Figures.unit(ofMetric: first.name, isRate: aggregation == "rate"),
            from: from.milliseconds, to: to.milliseconds, stepMs: Int64(stepMs), width: width,
            height: height, zone: zone, glyphs: isASCII ? Glyphs(isASCII: true) : glyphs)
    }

    /// Asks how the check was that all series of a chart are about; nil when there is no such one.
    ///
    /// Of several states in one step the worst is drawn, and unknown counts as worse than critical.
    func stateQuery(of chart: Chart) -> JSON.Object? {
        let checks = Set(chart.series.map { $0.labels["check"] ?? "" })
        guard checks.count == 1, let check = checks.first, !check.isEmpty,
            chart.series.first?.name != "check_state"
        else { return nil }
        var query = query
        query["select"] = .string("check_state{check=\(JSON.string(check).text)}")
        query["aggregation"] = "max"
        return query
    }

    private func within(_ series: MetricSeries) -> MetricSeries {
        var copy = series
        copy.points.removeAll { $0.at < from.milliseconds || $0.at > to.milliseconds }
        return copy
    }

    private var span: String {
        TimeText.glance(Int(to.milliseconds - from.milliseconds))
    }
}
