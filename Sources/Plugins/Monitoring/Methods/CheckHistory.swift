internal import OpsCore
internal import OpsJSONRPC

/// Lists hard changes of state: `check.history`.
struct CheckHistory: Method {
    static let name = "check.history"
    static let summary = "Lists a check's hard changes of state and its flapping, the newest first."
    static let effect = Effect.read
    static let columns = ["at", "previous_state", "state", "output"]
    typealias Result = Page<CheckHistoryEntry>

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("How many changes to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
