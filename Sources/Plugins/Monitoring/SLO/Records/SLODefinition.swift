internal import OpsCore
internal import OpsJSONRPC

/// What somebody promised: how much of what has to be good, over which time.
///
/// The store keeps it as one JSON text: the members of `slo.create` that make it.
struct SLODefinition: Sendable, Equatable {
    var name: String
    var comment: String
    /// The share that has to be good, in percent.
    var objective: Double
    var periodDays: Int
    var indicator: SLOIndicator
    var labels: [String: String]

    /// The share that may be bad.
    var budget: Double { (100 - objective) / 100 }
    var period: Duration { .seconds(periodDays * 86_400) }
}

/// By what the good and the bad are told apart.
enum SLOIndicator: Codable, Sendable, Equatable {
    /// Checks by their labels; each counts in every tenth second in which it can be told.
    case checks(select: String, badStates: [CheckState], countsMaintenance: Bool)
    /// Two counters; the first counts the good ones, or the bad ones, of the second.
    case ratio(part: String, isGood: Bool, total: String)
    /// The samples of series, of which the good ones lie on one side of a threshold.
    case samples(select: String, condition: RuleDefinition.Condition, threshold: Double)
}
