internal import OpsCore
internal import OpsJSONRPC

/// Lists what became of a rule's alerts: `rule.history`.
struct RuleHistory: Method {
    static let name = "rule.history"
    static let summary = "Lists the changes of a rule's alerts, the newest first."
    static let effect = Effect.read
    static let columns = ["at", "previous_state", "state", "value", "labels", "suppressed_by"]
    typealias Result = Page<RuleHistoryEntry>

    @Param("The rule's ref or name.", .positional)
    var rule: String
    @Param("How many changes to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
