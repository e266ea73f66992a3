internal import OpsCore
internal import OpsJSONRPC

/// Watches a figure: `rule.create`.
struct CreateRule: Method {
    static let name = "rule.create"
    static let summary = "Creates a rule that raises an alert when a figure is bad for long enough."
    static let effect = Effect.write
    typealias Result = Rule

    @Param("The rule's unique name.", .checkName, .example("disk is filling"))
    var name: String
    @Param(
        "Which series; each is a figure.", .length(1...10_000),
        .example("host_disk_used_ratio{mount=\"/\"}"))
    var select: String
    @Param("When the figure is bad.")
    var condition: RuleDefinition.Condition
    @Param("What the figure is compared with.", .example("0.9"))
    var threshold: Double
    @Param("What to know about it.", .length(0...4000))
    var comment: String = ""
    @Param("How the samples of the window become the figure.")
    var aggregation: QueryMetrics.Aggregate = .avg
    @Param("Which quantile, for the aggregation quantile.", .present(.range(0...1)))
    var quantile: Double?
    @Param("How long the window is that ends with each evaluation.", .range(1...2_678_400_000))
    var windowMs: Int = 300_000
    @Param("How the figures of several series become one; without it each has an alert.")
    var across: RuleDefinition.Joint?
    @Param("Which labels the joined figures keep.")
    var by: [String] = []
    @Param(
        "A figure to hold this one against, matched by labels: select, and aggregation, quantile, "
            + "window_ms, offset_ms, which are else as above.")
    var against: RuleOperand?
    @Param("What is made of the two figures: this one by the other, or less the other.")
    var combine: RuleDefinition.Combination = .ratio
    @Param("Where a firing alert is clear again; the threshold when left out.")
    var clearThreshold: Double?
    @Param("For how long the figure has to be bad.", .range(0...2_678_400_000))
    var forMs: Int = 0
    @Param("For how long it has to be clear again.", .range(0...2_678_400_000))
    var keepFiringForMs: Int = 0
    @Param("What an alert becomes whose figure is missing.")
    var onMissing: RuleDefinition.MissingPolicy = .keep
    @Param("How bad it is.")
    var severity: RuleDefinition.Severity = .warning
    @Param("Labels that all alerts of the rule have.")
    var labels: [String: String] = [:]
    @Param("What to say, with places such as {{ value | humanize }} and {{ labels.check }}.")
    var annotations: [String: String] = [:]
    @Param("How often the rule is evaluated.", .range(1000...86_400_000))
    var intervalMs: Int = 60_000
    @Param(
        "How many sets of labels the rule may see, or remember; with more it is not evaluated.",
        .range(1...100_000))
    var maxInstances: Int = 1000
    @Param("Whether the rule rests; its alerts stay as they are.")
    var paused: Bool = false
}
