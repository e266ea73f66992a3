internal import OpsJSONRPC

/// That a check began or ceased to flap, which has to be announced.
struct FlappingChange: Sendable, Equatable {
    var at: Instant
    var isFlapping: Bool
    var percent: Double
    var state: CheckState
}
