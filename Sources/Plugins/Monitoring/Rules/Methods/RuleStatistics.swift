internal import OpsCore

/// Counts rules, alerts and evaluations: `rule.stats`.
struct RuleStatistics: Method {
    static let name = "rule.stats"
    static let summary =
        "Says how many rules and alerts there are and how punctual evaluations are."
    static let effect = Effect.read

    /// The numbers since the start.
    struct Result: Codable, Sendable {
        var rules: Int
        var failing: Int
        var alerts: Int
        var running: Int
        var evaluations: Int
        var latenessMs: CheckStatistics.Lateness
    }
}
