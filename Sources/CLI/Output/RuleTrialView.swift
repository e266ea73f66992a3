import OpsJSONRPC

/// Shows what a rule would have done: the alerts that there are at the end, and what changed before.
struct RuleTrialView {
    var palette: Palette
    var width: Int?
    var now: Instant

    /// Nil when the answer is no trial of a rule.
    func render(_ result: JSON) -> String? {
        guard let alerts = result["items"]?.array, let changes = result["transitions"]?.array,
            let evaluations = result["evaluations"]?.int
        else { return nil }
        let times = evaluations == 1 ? "once" : "\(evaluations) times"
        return "evaluated \(times)\n"
            + section("alerts", alerts, ["labels", "state", "value", "firing_since"])
            + section("changes", changes, ["at", "labels", "previous_state", "state", "value"])
    }

    private func section(_ title: String, _ items: [JSON], _ columns: [String]) -> String {
        guard !items.isEmpty else { return "" }
        let list = ListTable(items: items, columns: columns, text: CellText(now: now))
        return "\n\(palette.paint(title, .strong))\n"
            + list.table(width: width, palette: palette).render()
    }
}
