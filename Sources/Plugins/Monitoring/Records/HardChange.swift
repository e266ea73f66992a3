internal import OpsCore
internal import OpsJSONRPC

/// A hard change of state that has to be announced.
struct HardChange: Sendable, Equatable {
    var at: Instant
    var state: CheckState
    var previousState: CheckState
    var attempt: Int
    var output: String
}
