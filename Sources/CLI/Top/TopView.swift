import OpsJSONRPC

/// Draws ``Top``: how many checks are how, then a line for each, cut to the terminal.
struct TopView {
    var top: Top
    var now: Instant
    var width: Int?
    var palette: Palette
    var glyphs: Glyphs

    func render() -> String {
        guard !top.rows.isEmpty else { return headline() + "no checks\n" }
        let table = Table(
            titles: ["state", "check", "for", "try", "looked", "took", "output"],
            rows: top.rows.map(row), width: width, palette: palette)
        return headline() + table.render()
    }

    private func headline() -> String {
        let total = top.counts.values.reduce(0, +)
        let parts = CheckState.allCases.compactMap { state -> String? in
            guard let count = top.counts[state], count > 0 else { return nil }
            return palette.paint("\(count) \(state.rawValue)", state.style)
        }
        let paused = top.paused > 0 ? ["\(top.paused) paused"] : []
        let noun = total == 1 ? "check" : "checks"
        return ([palette.paint("\(total) \(noun)", .strong)] + parts + paused)
            .joined(separator: " \(glyphs.dot) ") + "\n"
    }

    private func row(_ row: Top.Row) -> [Cell] {
        // A state that is not certain yet is not shouted.
        let style = row.isHard ? row.state.style : .quiet
        let isRetrying = !row.isHard && row.state.isProblem
        return [
            Cell(row.state.rawValue, style), Cell(row.name.visibleLine, .strong),
            Cell(age(row.since), isRight: true), Cell(isRetrying ? row.attempt : "-"),
            Cell(row.lastCheckAt.map { TimeText.relative($0, now: now) } ?? "-", .quiet),
            Cell(row.durationMs.map(Self.milliseconds) ?? "-", isRight: true),
            Cell(row.output.visibleLine),
        ]
    }

    private func age(_ since: Instant?) -> String {
        since.map { TimeText.glance(Int(now.milliseconds - $0.milliseconds)) } ?? "-"
    }

    private static func milliseconds(_ value: Double) -> String {
        value < 10 ? Figures.decimal(value, 1) + "ms" : TimeText.span(Int(value))
    }
}
