internal import OpsCore
internal import OpsJSONRPC

/// Tries a rule out: `rule.test`.
struct TestRule: Method {
    static let name = "rule.test"
    static let summary = "Evaluates a rule now or over a past range, and stores nothing."
    static let effect = Effect.read

    /// What the rule would have done.
    struct Result: Codable, Sendable {
        /// The alerts at the end of the range, those included that are well.
        var items: [RuleAlert]
        /// What changed within the range, the oldest first; refused when it is too much.
        var transitions: [RuleHistoryEntry]
        var evaluations: Int
    }

    /// How many times a rule is evaluated at most.
    static let maxEvaluations = 2000

    @Param("A rule that there is, by ref or name.", .positional)
    var rule: String?
    @Param("A rule that there is not: the members of rule.create.")
    var definition: JSON.Object?
    @Param("The beginning of the range; its end when left out.")
    var from: Instant?
    @Param("The end of the range; now when left out.")
    var to: Instant?
    @Param(
        "How far apart the evaluations are; the rule's interval when left out.",
        .present(.range(1000...86_400_000)))
    var stepMs: Int?
}
