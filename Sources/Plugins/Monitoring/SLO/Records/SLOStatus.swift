internal import OpsCore
internal import OpsJSONRPC

/// How an SLO stands.
struct SLOStatus: Codable, Sendable {
    /// The worst of its alerts, or whether the budget is gone.
    enum State: String, Codable, CaseIterable, Sendable {
        /// Nothing has been counted.
        case unknown
        case ok
        case burning
        case paging
        /// More was bad in the period than may be.
        case exhausted
    }

    var slo: Ref
    var name: String
    var state: State
    var objective: Double
    var periodDays: Int
    /// The share that was good, in percent.
    var compliance: Double?
    /// What is left of the budget, in percent of it; below 0 when it is overdrawn.
    var budgetLeftPercent: Double?
    /// The budget as time: all of it, and what is left of it.
    var budgetMinutes: Double
    var budgetLeftMinutes: Double?
    var good: Double
    var total: Double
    var alerts: [SLOAlert]
    /// The last minute that was counted.
    var countedUntil: Instant?
    var countedSince: Instant
    /// Why nothing could be counted, when that is so.
    var error: String?
}

extension SLOStatus {
    init(_ watched: WatchedSLO) {
        let definition = watched.stored.definition
        let counts = watched.figures.counts
        let left = SLORules.budgetLeft(counts, definition)
        let minutes = Double(definition.periodDays) * 1440 * definition.budget
        slo = watched.stored.ref
        name = definition.name
        objective = definition.objective
        periodDays = definition.periodDays
        compliance = counts.badShare.map { (1 - $0) * 100 }
        budgetLeftPercent = left.map { $0 * 100 }
        budgetMinutes = minutes
        budgetLeftMinutes = left.map { $0 * minutes }
        good = counts.good
        total = counts.total
        alerts = SLORules.burns.indices.map { index in
            let (burn, rates) = (SLORules.burns[index], watched.figures.burns[index])
            let status = watched.alerts[index]
            return SLOAlert(
                window: burn.name, severity: burn.severity,
                factor: burn.factor(over: definition.period), longBurnRate: rates.long,
                shortBurnRate: rates.short, firing: status.state == .firing,
                firingSince: status.firingSince)
        }
        state = Self.state(left, alerts)
        countedUntil = watched.countedUntil
        countedSince = watched.stored.countedSince
        error = watched.error
    }

    private static func state(_ left: Double?, _ alerts: [SLOAlert]) -> State {
        guard let left else { return .unknown }
        if alerts.contains(where: { $0.firing && $0.severity == .page }) { return .paging }
        if left <= 0 { return .exhausted }
        return alerts.contains(where: \.firing) ? .burning : .ok
    }
}
