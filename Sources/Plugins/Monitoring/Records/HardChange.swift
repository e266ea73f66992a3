internal import OpsCore
internal import OpsJSONRPC

/// A line of the history that has to be written, and an event when it is announced.
struct HardChange: Sendable, Equatable {
    var at: Instant
    var state: CheckState
    /// The state that people knew before; when they are not told, the hard state before.
    var previousState: CheckState
    var attempt: Int
    var output: String
    var isAnnounced = true
    var suppressedBy: Set<Suppression> = []
}
