import OpsJSONRPC

/// Shows error budgets, a line for each: how much is left, as a bar and as time, and how fast it
/// burns in the four long windows.
struct BudgetView {
    var palette: Palette
    var glyphs: Glyphs
    var width: Int?

    private static let barWidth = 10

    /// Nil when the items are not error budgets.
    func render(_ items: [JSON]) -> String? {
        guard !items.isEmpty, items.allSatisfy({ $0["budget_minutes"] != nil }) else { return nil }
        let windows = (items[0]["alerts"]?.array ?? []).compactMap { $0["window"]?.string }
        let titles = ["name", "state", "objective", "", "budget", "left"]
        let rows = items.map { item in
            let alerts = item["alerts"]?.array ?? []
            return budget(item)
                + windows.indices.map { rate(alerts.indices.contains($0) ? alerts[$0] : .null) }
        }
        return Table(
            titles: titles + windows.map { "burn \($0)" }, rows: rows, width: width,
            palette: palette
        ).render()
    }

    private func budget(_ item: JSON) -> [Cell] {
        let left = item["budget_left_percent"]?.double
        let style = left.map(Self.style)
        let name = Cell((item["name"]?.string ?? "").visibleLine)
        let state = item["state"]?.string ?? ""
        let objective = (item["objective"]?.double).map { "\(Figures.decimal($0, 4))%" } ?? "-"
        let share = left.map { "\(Figures.decimal($0, 1))%" } ?? "-"
        return [
            name, Cell(state.visibleLine, Self.style(of: state)), Cell(objective, isRight: true),
            Cell(left.map { glyphs.bar($0 / 100, width: Self.barWidth) } ?? "", style),
            Cell(share, style, isRight: true), Cell(time(item), isRight: true),
        ]
    }

    /// What is left as time, of what there was.
    private func time(_ item: JSON) -> String {
        guard let left = item["budget_left_minutes"]?.double,
            let all = item["budget_minutes"]?.double
        else { return "-" }
        return "\(Figures.text(left * 60, .seconds)) of \(Figures.text(all * 60, .seconds))"
    }

    /// How many times too fast; what fires stands out.
    private func rate(_ alert: JSON) -> Cell {
        guard let rate = alert["long_burn_rate"]?.double else { return Cell("-", isRight: true) }
        let isFiring = alert["firing"]?.bool == true
        let style: Palette.Style = alert["severity"]?.string == "page" ? .critical : .warning
        return Cell("\(Figures.decimal(rate, 1))x", isFiring ? style : nil, isRight: true)
    }

    private static func style(_ left: Double) -> Palette.Style {
        left <= 0 ? .critical : left < 25 ? .warning : .ok
    }

    private static func style(of state: String) -> Palette.Style? {
        switch state {
        case "ok": .ok
        case "burning": .warning
        case "paging", "exhausted": .critical
        default: .quiet
        }
    }
}
