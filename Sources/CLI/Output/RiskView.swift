import OpsJSONRPC

/// Shows the risk of a change: how high it is, what makes it so, and the facts that were looked at.
struct RiskView {
    var palette: Palette
    var width: Int?
    var now: Instant
    /// What the method suggests for a table of what counts.
    var columns: [String]

    /// Nil when the answer is no risk.
    func render(_ result: JSON) -> String? {
        guard let change = result["change"]?.string, let risk = result["risk"]?.string,
            let facts = result["facts"]?.object, let points = result["points"]?.array
        else { return nil }
        return palette.paint(change.visibleLine, .strong) + "  risk "
            + palette.paint(risk.visibleLine, style(risk)) + "\n"
            + section("points", table(points, columns))
            + section("facts", record.render(.object(facts), indent: 2))
            + section(
                "conflicts",
                table(
                    result["conflicts"]?.array ?? [], ["kind", "name", "title", "from", "to"]))
            + section("unknown", gaps(result["gaps"]?.array ?? []))
    }

    private var record: RecordView {
        RecordView(text: CellText(now: now, isDetailed: true), width: width, palette: palette)
    }

    private func style(_ risk: String) -> Palette.Style? {
        switch risk {
        case "high": .critical
        case "medium": .warning
        default: .ok
        }
    }

    private func section(_ name: String, _ text: String) -> String {
        text.isEmpty ? "" : "\n\(palette.paint(name, .strong))\n\(text)"
    }

    private func table(_ items: [JSON], _ columns: [String]) -> String {
        guard !items.isEmpty else { return "" }
        let list = ListTable(items: items, columns: columns, text: CellText(now: now))
        return list.table(width: width.map { max(20, $0 - 2) }, palette: palette).render()
            .split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    /// What could not be found out.
    private func gaps(_ gaps: [JSON]) -> String {
        gaps.map { "  \(($0.string ?? $0.text).visibleLine)\n" }.joined()
    }
}
