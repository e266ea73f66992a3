internal import OpsCore

/// What became of a trigger that answers to an event of a ticket.
struct TriggerStep: Codable, Sendable, Equatable {
    var trigger: Ref
    var name: String
    /// The trigger by whose act the event came about; absent for what the request did.
    var after: String?
    var event: TriggerEvent
    /// Whether all its conditions held.
    var matches: Bool
    /// The conditions that did not, and what is there instead.
    var failed: [String] = []
    /// What it changed.
    var changes: [String] = []
    /// What it could not do, and why.
    var refused: [String] = []
    /// Why it did not run although it matches.
    var stopped: String?
}
