import OpsJSONRPC

/// Draws a chart for a terminal.
struct ChartView {
    var chart: Chart
    var palette: Palette

    private static let colours: [Palette.Style] = [
        .accent, .warning, .ok, .unknown, .failure, .blue,
    ]

    func render() -> String {
        let axis = Axis(
            chart.series.flatMap { $0.points.map(\.value) } + chart.thresholds.map(\.value),
            count: max(2, chart.height / 3))
        let labels = axis.ticks.map { Figures.text($0, chart.unit) }
        let margin = labels.map(\.columns).max() ?? 0
        let time = TimeAxis(
            from: chart.from, to: chart.to, columns: max(10, chart.width - margin - 2),
            zone: chart.zone)
        let canvas = draw(axis, time)
        var text = palette.paint(chart.title.fitted(to: chart.width), .strong) + "\n"
        text += rows(canvas, axis, labels, margin)
        text += band(time.columns, margin)
        text += timeLines(time, margin)
        return text + legend(isMarked: !canvas.isBraille && chart.series.count > 1)
    }

    // MARK: - Curves

    private func draw(_ axis: Axis, _ time: TimeAxis) -> Canvas {
        // Without colours, marks are all that tells several series apart.
        let isBraille = !chart.glyphs.isASCII && (chart.series.count == 1 || palette.isOn)
        var canvas = Canvas(columns: time.columns, rows: chart.height, isBraille: isBraille)
        for (index, series) in chart.series.enumerated() {
            draw(series, index, axis, &canvas)
        }
        return canvas
    }

    private func draw(_ series: MetricSeries, _ owner: Int, _ axis: Axis, _ canvas: inout Canvas) {
        let usual = Chart.usualStep(series.points)
        var before: MetricSeries.Point?
        for point in series.points {
            let end = place(point, axis, canvas)
            if let last = before, !chart.isGap(last, point, usual: usual) {
                canvas.line(from: place(last, axis, canvas), to: end, owner: owner)
            } else {
                canvas.dot(end.x, end.y, owner: owner)
            }
            before = point
        }
    }

    private func place(
        _ point: MetricSeries.Point, _ axis: Axis, _ canvas: Canvas
    ) -> (x: Int, y: Int) {
        let along = Double(point.at - chart.from) / Double(max(1, chart.to - chart.from))
        let x = Int((along * Double(canvas.width - 1)).rounded())
        let up = axis.position(point.value) * Double(canvas.height - 1)
        return (x, canvas.height - 1 - Int(up.rounded()))
    }

    // MARK: - Frame

    private func rows(
        _ canvas: Canvas, _ axis: Axis, _ labels: [String], _ margin: Int
    ) -> String {
        var labelled: [Int: String] = [:]
        for (tick, label) in zip(axis.ticks, labels) {
            let up = axis.position(tick) * Double(canvas.height - 1)
            let dot = canvas.height - 1 - Int(up.rounded())
            labelled[canvas.isBraille ? dot / 4 : dot] = label
        }
        let lines = thresholdRows(canvas, axis)
        return (0..<chart.height).map { row in
            let label = labelled[row]
            let head = (label ?? "").padded(to: margin, right: true)
            let line = label == nil ? frame.side : frame.tick
            return palette.paint("\(head) \(line)", .quiet) + curve(canvas, row, lines[row]) + "\n"
        }.joined()
    }

    /// The rows in which thresholds are drawn, behind the curves.
    private func thresholdRows(_ canvas: Canvas, _ axis: Axis) -> [Int: Palette.Style] {
        chart.thresholds.reduce(into: [:]) { rows, threshold in
            let up = axis.position(threshold.value) * Double(canvas.height - 1)
            let dot = canvas.height - 1 - Int(up.rounded())
            rows[canvas.isBraille ? dot / 4 : dot] = threshold.style
        }
    }

    private func curve(_ canvas: Canvas, _ row: Int, _ threshold: Palette.Style?) -> String {
        let blank = threshold == nil ? " " : frame.line
        var text = ""
        var blanks = ""
        for column in 0..<canvas.columns {
            let cell = canvas.text(column: column, row: row)
            if cell == " " {
                blanks += blank
                continue
            }
            let owner = canvas.owners[row * canvas.columns + column] ?? 0
            text += palette.paint(blanks, threshold) + palette.paint(cell, colour(owner))
            blanks = ""
        }
        // What is behind the last point matters for a threshold only.
        return threshold == nil ? text : text + palette.paint(blanks, threshold)
    }

    /// A row of the check's states below the curves: colours, or letters where there are none.
    private func band(_ columns: Int, _ margin: Int) -> String {
        let band = chart.band(columns: columns)
        guard band.contains(where: { $0 != nil }) else { return "" }
        let block = chart.glyphs.isASCII ? "=" : "▀"
        let cells = band.map { state -> String in
            guard let state else { return " " }
            return palette.isOn ? palette.paint(block, state.style) : state.letter
        }
        let head = "state".fitted(to: margin).padded(to: margin, right: true)
        return palette.paint("\(head) \(frame.side)", .quiet) + cells.joined() + "\n"
    }

    private func colour(_ index: Int) -> Palette.Style {
        Self.colours[index % Self.colours.count]
    }

    private var frame: (side: String, tick: String, corner: String, line: String, mark: String) {
        chart.glyphs.isASCII ? ("|", "+", "+", "-", "+") : ("│", "┤", "└", "─", "┬")
    }

    /// The line below the curves and the times below that line.
    private func timeLines(_ time: TimeAxis, _ margin: Int) -> String {
        var line = Array(repeating: frame.line, count: time.columns)
        var labels = ""
        let space = margin + 2
        for tick in time.ticks() {
            line[tick.column] = frame.mark
            let start = min(
                max(0, space + tick.column - tick.label.count / 2), chart.width - tick.label.count)
            guard start > labels.count || labels.isEmpty else { continue }
            labels = labels.padded(to: start) + tick.label
        }
        let head = String(repeating: " ", count: margin + 1)
        return palette.paint(head + frame.corner + line.joined(), .quiet) + "\n"
            + palette.paint(labels, .quiet) + "\n"
    }

    // MARK: - Legend

    private func legend(isMarked: Bool) -> String {
        let rows = chart.series.indices.map { index in
            legendRow(chart.series[index].points.map(\.value), index, isMarked)
        }
        var table = Table(
            titles: ["", "series", "min", "avg", "max", "last"], rows: rows,
            width: chart.width, palette: palette)
        table.titles[1] = chart.series.count == 1 ? "" : "series"
        return table.render()
    }

    private func legendRow(_ values: [Double], _ index: Int, _ isMarked: Bool) -> [Cell] {
        let sign = isMarked ? Canvas.marks[index % Canvas.marks.count] : frame.line + frame.line
        let average = values.reduce(0, +) / Double(max(1, values.count))
        let figures = [values.min() ?? 0, average, values.max() ?? 0, values.last ?? 0]
        return [Cell(sign, colour(index)), Cell(chart.names[index])]
            + figures.map { Cell(Figures.text($0, chart.unit), isRight: true) }
    }
}

extension CheckState {
    /// How a state is drawn where there are no colours; what is well does not draw attention.
    fileprivate var letter: String {
        switch self {
        case .ok, .pending: "."
        case .warning: "w"
        case .critical: "c"
        case .unknown: "u"
        }
    }
}
