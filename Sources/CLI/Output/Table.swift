/// Rows and columns fitted to a width.
struct Table {
    var titles: [String]
    var rows: [[Cell]]
    /// Nil when nothing needs to fit.
    var width: Int?
    var palette: Palette = .plain

    private static let gap = 2
    private static let narrowest = 8

    func render() -> String {
        let widths = fittedWidths()
        let header = titles.indices.map { index in
            Cell(titles[index].uppercased(), .quiet, isRight: isRight(index))
        }
        return ([header] + rows).map { line($0, widths) }.joined()
    }

    /// A column leans right when all that it holds does.
    private func isRight(_ column: Int) -> Bool {
        let cells = rows.map { $0[column] }.filter { $0.text != "-" }
        return !cells.isEmpty && cells.allSatisfy(\.isRight)
    }

    private func line(_ cells: [Cell], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let fitted = cell.text.fitted(to: widths[index])
            let isLast = index == cells.count - 1
            let space = String(repeating: " ", count: max(0, widths[index] - fitted.columns))
            let painted = palette.paint(fitted, cell.style)
            if isRight(index) {
                text += space + painted
            } else {
                text += painted + (isLast ? "" : space)
            }
            if !isLast { text += String(repeating: " ", count: Self.gap) }
        }
        return text + "\n"
    }

    private func naturalWidths() -> [Int] {
        titles.indices.map { index in
            max(titles[index].columns, rows.map { $0[index].text.columns }.max() ?? 0)
        }
    }

    /// Takes from the widest column first, until the row fits or nothing more can give.
    private func fittedWidths() -> [Int] {
        var widths = naturalWidths()
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.narrowest
        {
            let next = widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let target = max(Self.narrowest, min(next, widths[widest] - 1))
            let cut = min(excess, widths[widest] - target)
            widths[widest] -= cut
            excess -= cut
        }
        return widths
    }
}
