import OpsJSONRPC

/// Shows what a definition found when it was run once: the verdict, its phases as a waterfall, what
/// was measured and what would have been stored.
struct TrialView {
    var palette: Palette
    var glyphs: Glyphs
    var width: Int?
    var now: Instant

    /// How many of the metrics a person wants to see.
    private static let shownMetrics = 20
    private static let indent = "  "

    /// Nil when the answer is no trial.
    func render(_ result: JSON) -> String? {
        guard let phases = result["phases"]?.array, let state = result["state"]?.string,
            let total = result["duration_ms"]?.double,
            phases.allSatisfy({ $0["name"]?.string != nil && $0["duration_ms"]?.double != nil })
        else { return nil }
        var text = verdict(state, result)
        text += "\n" + waterfall(phases, total)
        text += table("measurements", result, ["label", "value", "unit", "warning", "critical"])
        text += metrics(result)
        return text
    }

    private func verdict(_ state: String, _ result: JSON) -> String {
        let output = (result["output"]?.string ?? "").visibleLine
        var text = palette.paint(state.uppercased(), CheckState(rawValue: state)?.style)
        text += "  \(output)\n"
        if let long = result["long_output"]?.string {
            for line in long.visibleLines.split(separator: "\n") {
                text += Self.indent + line + "\n"
            }
        }
        return text
    }

    // MARK: - Phases

    private func waterfall(_ phases: [JSON], _ total: Double) -> String {
        let names = phases.map { ($0["name"]?.string ?? "").visibleLine } + ["total"]
        let times = phases.map { $0["duration_ms"]?.double ?? 0 }
        let texts = (times + [total]).map { Figures.text($0 / 1000, .seconds) }
        let nameWidth = names.map(\.columns).max() ?? 0
        let timeWidth = texts.map(\.columns).max() ?? 0
        let room = min(48, max(10, (width ?? 80) - nameWidth - timeWidth - 6))
        let whole = max(total, times.reduce(0, +))
        var text = ""
        var begun = 0.0
        for (index, name) in names.enumerated() {
            let space = String(repeating: " ", count: timeWidth - texts[index].columns)
            text += Self.indent + palette.paint(name.padded(to: nameWidth), .quiet)
            text += "  \(space)\(texts[index])"
            if index < times.count {
                text += "  " + palette.paint(bar(begun, times[index], whole, room), .accent)
                begun += times[index]
            }
            text += "\n"
        }
        return text
    }

    /// A bar that begins where the phase began; what happened at all is at least a dot.
    private func bar(_ begun: Double, _ time: Double, _ whole: Double, _ room: Int) -> String {
        guard whole > 0 else { return "" }
        let start = min(room - 1, Int(begun / whole * Double(room)))
        let end = min(room, max(start + 1, Int(((begun + time) / whole * Double(room)).rounded())))
        return String(repeating: " ", count: start)
            + String(repeating: time > 0 ? glyphs.bar.full : glyphs.dot, count: end - start)
    }

    // MARK: - Values

    private func table(_ title: String, _ result: JSON, _ columns: [String]) -> String {
        let items = result[title]?.array ?? []
        guard !items.isEmpty else { return "" }
        let used = columns.filter { name in items.contains { $0[name] != nil } }
        let list = ListTable(items: items, columns: used, text: CellText(now: now))
        return "\n" + list.table(width: width, palette: palette).render()
    }

    private func metrics(_ result: JSON) -> String {
        let items = result["metrics"]?.array ?? []
        let count = result["metric_count"]?.int ?? items.count
        guard count > 0 else { return "" }
        var shown = JSON.Object()
        shown["metrics"] = .array(Array(items.prefix(Self.shownMetrics)))
        var text = table("metrics", .object(shown), ["name", "labels", "value"])
        let more = count - min(items.count, Self.shownMetrics)
        if more > 0 { text += "and \(more) more metrics: see --json\n" }
        return text
    }
}
