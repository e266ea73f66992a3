internal import OpsCore
internal import OpsJSONRPC

/// One line of a check's history: a hard change of its state.
struct CheckHistoryEntry: Codable, Sendable, Equatable {
    var at: Instant
    var state: CheckState
    var previousState: CheckState
    var stateType: StateType
    var attempt: Int
    var output: String
}

extension CheckHistoryEntry {
    /// Reads a row of `monitoring_history`.
    init(row: Row) throws {
        at = try row.instant("at")
        state = CheckState(rawValue: try row.text("state")) ?? .unknown
        previousState = CheckState(rawValue: try row.text("previous_state")) ?? .unknown
        stateType = .hard
        attempt = try row.int("attempt")
        output = try row.text("output")
    }
}
