internal import OpsCore

/// Lists rules: `rule.list`.
struct ListRules: Method {
    static let name = "rule.list"
    static let summary = "Lists rules with their states, by name or the worst first."
    static let effect = Effect.read
    static let columns = ["name", "state", "severity", "firing", "pending", "select", "error"]
    typealias Result = Page<Rule>

    /// The order of the list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case name, worst
    }

    @Param("Only rules in this state.")
    var state: Rule.State?
    @Param("Only rules of this severity.")
    var severity: RuleDefinition.Severity?
    @Param("Only rules whose names begin so.")
    var name: String?
    @Param("The order: by name, or the worst state first.")
    var sort: Order = .name
    @Param("How many rules to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
