internal import OpsCore
internal import OpsJSONRPC

/// One line of a check's history: a hard change of its state, a belated word about one, or the
/// beginning or the end of flapping.
struct CheckHistoryEntry: Codable, Sendable, Equatable {
    var at: Instant
    var state: CheckState
    var previousState: CheckState
    var stateType: StateType
    var attempt: Int
    var output: String
    /// Whether the change was announced by `check.state_changed`.
    var announced: Bool
    /// Why it was not.
    var suppressedBy: [Suppression]
    /// Whether flapping began or ended; left out for a change of state.
    var flapping: Bool?
}

extension CheckHistoryEntry {
    static let columns =
        "id, at, state, previous_state, attempt, output, announced, suppressed_by, "
        + "flapping"

    /// Reads a row of `monitoring_history`.
    init(row: Row) throws {
        at = try row.instant("at")
        state = CheckState(rawValue: try row.text("state")) ?? .unknown
        previousState = CheckState(rawValue: try row.text("previous_state")) ?? .unknown
        stateType = .hard
        attempt = try row.int("attempt")
        output = try row.text("output")
        announced = try row.bool("announced")
        suppressedBy = (try row.json("suppressed_by").array ?? []).compactMap {
            $0.string.flatMap(Suppression.init(rawValue:))
        }
        flapping = try row.optionalBool("flapping")
    }
}
