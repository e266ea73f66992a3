/// What a trigger answers to.
enum TriggerEvent: String, Codable, CaseIterable, Sendable {
    case created, updated, assigned, transitioned, commented
    /// Nothing happened to a ticket for a while.
    case waiting

    /// The event that announces it; nil for what nobody announces.
    var topic: String? { self == .waiting ? nil : "ticket.\(rawValue)" }

    /// What a topic announces; nil when no trigger answers to it.
    init?(topic: String) {
        guard let event = Self.allCases.first(where: { $0.topic == topic }) else { return nil }
        self = event
    }
}
