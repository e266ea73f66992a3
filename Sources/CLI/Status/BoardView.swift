import OpsJSONRPC

/// Draws the board: the verdict first, then what is wrong, then how the machine is.
struct BoardView {
    var board: Board
    var now: Instant
    /// Nil when nothing needs to fit, as in a file.
    var width: Int?
    var palette: Palette
    var glyphs: Glyphs

    private static let mostProblems = 15
    private static let barWidth = 10

    func render() -> String {
        let parts = [headline(), problems(), hint(), counts(), gauges(), changes()]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: - Headline

    private func headline() -> String {
        let left = "\(board.verdict)  \(board.remarks)"
        let painted = palette.paint(board.verdict, verdictStyle) + "  " + board.remarks
        let right = "\(machine())\(separator)\(daemon())"
        let room = (width ?? 100) - left.columns - right.columns
        guard room >= 2 else {
            return painted + "\n" + palette.paint(cut(right), .quiet) + "\n"
        }
        return painted + String(repeating: " ", count: room) + palette.paint(right, .quiet) + "\n"
    }

    private var separator: String { " \(glyphs.dot) " }

    private var verdictStyle: Palette.Style {
        board.worst == .warning ? .warning : board.worst.style
    }

    private func machine() -> String {
        "\(board.machine.name.visibleLine) up \(TimeText.glance(board.machine.uptimeMs))"
    }

    private func daemon() -> String {
        let version = board.daemon.version.isEmpty ? "" : " \(board.daemon.version.visibleLine)"
        let uptime = board.daemon.uptimeMs.map { " up \(TimeText.glance($0))" } ?? ""
        return "opsloopd\(version)\(uptime)"
    }

    // MARK: - Problems

    private func problems() -> String {
        let shown = board.problems.prefix(Self.mostProblems)
        let rows = shown.map { problem in
            [
                Cell(label(problem), problem.isHard ? problem.state.style : .quiet),
                Cell(problem.name.visibleLine, .strong),
                Cell(problem.since.map { TimeText.relative($0, now: now) } ?? "", .quiet),
                Cell(problem.output.visibleLine),
            ]
        }
        let more = board.problems.count - shown.count
        let rest = more > 0 ? "  and \(more) more: opsloop check list\n" : ""
        return self.rows(rows) + rest
    }

    private func label(_ problem: Board.Problem) -> String {
        problem.isHard
            ? problem.state.rawValue.uppercased()
            : "\(problem.state.rawValue) \(problem.attempt)"
    }

    private func hint() -> String {
        guard board.total == 0 else { return "" }
        return "  Create one: opsloop check create --name web --type http --url http://...\n"
    }

    // MARK: - Counts

    private func counts() -> String {
        guard !board.types.isEmpty else { return "" }
        var lines = ["  "]
        for part in board.types.map(typeText) {
            let line = lines[lines.count - 1]
            let joined = line.isBlank ? line + part.plain : line + separator + part.plain
            if joined.columns > width ?? 100, !line.isBlank {
                lines.append("  " + part.plain)
            } else {
                lines[lines.count - 1] = joined
            }
        }
        return lines.map { cut($0) + "\n" }.joined()
    }

    private func typeText(_ count: Board.TypeCount) -> (plain: String, total: Int) {
        let states = CheckState.allCases.compactMap { state in
            count.counts[state].map { "\($0) \(state.rawValue)" }
        }
        let total = count.counts.values.reduce(0, +)
        return ("\(count.type.visibleLine) \(states.joined(separator: ", "))", total)
    }

    // MARK: - Gauges

    private func gauges() -> String {
        let longest = board.gauges.map { $0.name.columns }.max() ?? 0
        let value = board.gauges.map { $0.value.columns }.max() ?? 0
        return board.gauges.map { gauge($0, min(longest, 16), value) }.joined()
    }

    private func gauge(_ gauge: Gauge, _ nameWidth: Int, _ valueWidth: Int) -> String {
        let name = gauge.name.visibleLine.fitted(to: nameWidth, ellipsis: glyphs.ellipsis)
        let bar = palette.paint(glyphs.bar(gauge.ratio, width: Self.barWidth), gauge.style)
        let value = gauge.value.padded(to: valueWidth, right: true)
        let head = "  \(name.padded(to: nameWidth))  \(bar)  \(value)"
        let used = 2 + nameWidth + 2 + Self.barWidth + 2 + valueWidth
        return head + tail(gauge, (width ?? 100) - used) + "\n"
    }

    /// The curve and the detail, as far as there is room for them.
    private func tail(_ gauge: Gauge, _ room: Int) -> String {
        let curve = glyphs.sparkline(gauge.history, low: 0, high: highest(gauge))
        var text = ""
        if curve.columns + 2 <= room { text = "  " + palette.paint(curve, .accent) }
        if curve.columns + 4 + gauge.detail.columns <= room, !gauge.detail.isEmpty {
            text += "  " + palette.paint(gauge.detail, .quiet)
        }
        return text
    }

    private func highest(_ gauge: Gauge) -> Double {
        max(1, gauge.history.compactMap { $0 }.max() ?? 1)
    }

    // MARK: - Changes

    private func changes() -> String {
        let rows = board.changes.map { change in
            [
                Cell(TimeText.relative(change.at, now: now), .quiet),
                Cell(change.name.visibleLine, .strong),
                Cell(
                    "\(change.from.visibleLine) \(glyphs.arrow) \(change.to.visibleLine)",
                    CheckState(rawValue: change.to)?.style),
                Cell(change.output.visibleLine),
            ]
        }
        return rows.isEmpty ? "" : palette.paint("Last changes", .strong) + "\n" + self.rows(rows)
    }

    /// Rows without a header: all columns as wide as they need, the last one cut to fit.
    private func rows(_ rows: [[Cell]]) -> String {
        guard let count = rows.first?.count else { return "" }
        let widths = (0..<count).map { column in
            min(24, rows.map { $0[column].text.columns }.max() ?? 0)
        }
        return rows.map { row($0, widths) }.joined()
    }

    private func row(_ cells: [Cell], _ widths: [Int]) -> String {
        var text = "  "
        var used = 2
        for (index, cell) in cells.dropLast().enumerated() {
            let fitted = cell.text.fitted(to: widths[index], ellipsis: glyphs.ellipsis)
            let space = String(repeating: " ", count: widths[index] - fitted.columns + 2)
            text += palette.paint(fitted, cell.style) + space
            used += widths[index] + 2
        }
        let last = cells.last?.text ?? ""
        let room = width.map { max(8, $0 - used) } ?? Int.max
        return (text + last.fitted(to: room, ellipsis: glyphs.ellipsis)).trimmedEnd + "\n"
    }

    private func cut(_ text: String) -> String {
        width.map { text.fitted(to: $0, ellipsis: glyphs.ellipsis) } ?? text
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy { $0 == " " } }

    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
