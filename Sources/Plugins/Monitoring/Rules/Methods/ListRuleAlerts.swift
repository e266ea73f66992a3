internal import OpsCore

/// Lists what is not well: `rule.alerts`.
struct ListRuleAlerts: Method {
    static let name = "rule.alerts"
    static let summary = "Lists the alerts of a rule that are pending, firing or unknown."
    static let effect = Effect.read
    static let columns = ["state", "value", "labels", "pending_since", "firing_since"]
    typealias Result = Page<RuleAlert>

    @Param("The rule's ref or name.", .positional)
    var rule: String
    @Param("Only alerts in this state.")
    var state: AlertStatus.State?
    @Param("How many alerts to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
