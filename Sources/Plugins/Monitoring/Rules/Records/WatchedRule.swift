internal import OpsCore
internal import OpsJSONRPC

/// A rule in memory, where it is scheduled and its alerts are kept.
struct WatchedRule {
    var stored: StoredRule
    /// The alerts as the store has them, with their newest figures.
    var alerts: [Labels: AlertStatus] = [:]
    var lastEvaluatedAt: Instant?
    var error: String?
}
