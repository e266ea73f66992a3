internal import OpsCore

/// Drops an alert whose figure will not come back: `rule.forget`.
struct ForgetRuleAlert: Method {
    static let name = "rule.forget"
    static let summary =
        "Drops an alert whose figure is missing for good; one that fires is resolved."
    static let effect = Effect.write
    typealias Result = Done

    @Param("The rule's ref or name.", .positional)
    var rule: String
    @Param("The labels of the alert, as rule.alerts shows them.")
    var labels: [String: String]
}
