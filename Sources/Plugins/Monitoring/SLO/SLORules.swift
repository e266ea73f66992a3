internal import OpsCore
internal import OpsJSONRPC

/// Budgets and burn rates: values in, values out.
enum SLORules {
    /// One of the four alerts: so much of the budget would be gone within the long window.
    struct Burn: Sendable {
        let name: String
        let severity: SLOAlert.Severity
        /// The share of the period's budget.
        let share: Double
        let long: Duration
        let short: Duration

        /// How many times faster than allowed the budget has to burn.
        func factor(over period: Duration) -> Double { share * (period / long) }
    }

    /// The windows of the Google SRE workbook.
    static let burns = [
        Burn(
            name: "1h", severity: .page, share: 0.02, long: .seconds(3600), short: .seconds(300)),
        Burn(
            name: "6h", severity: .page, share: 0.05, long: .seconds(6 * 3600),
            short: .seconds(1800)),
        Burn(
            name: "1d", severity: .ticket, share: 0.1, long: .seconds(86_400),
            short: .seconds(7200)),
        Burn(
            name: "3d", severity: .ticket, share: 0.1, long: .seconds(3 * 86_400),
            short: .seconds(6 * 3600)),
    ]

    /// The rule by which an alert changes its state, which is that of all rules.
    static func rule(_ burn: Burn, of slo: SLODefinition) -> RuleDefinition {
        RuleDefinition(
            name: slo.name, comment: "",
            query: RuleQuery(
                select: "{}", aggregation: .last, windowMs: Int(burn.long.milliseconds),
                offsetMs: 0),
            by: [], combine: .ratio, condition: .above, threshold: burn.factor(over: slo.period),
            forMs: 0, keepFiringForMs: 0, onMissing: .keep, severity: .critical, labels: [:],
            annotations: [:], intervalMs: 60_000, maxInstances: 1, paused: false)
    }

    /// What is left of the budget as a share: 1 when nothing was bad, below 0 when it is overdrawn.
    static func budgetLeft(_ counts: SLOCounts, _ slo: SLODefinition) -> Double? {
        counts.badShare.map { 1 - $0 / slo.budget }
    }
}
