internal import OpsCore
internal import OpsJSONRPC

/// Which failures of checks become incidents, and how; an entry of `intake` in the settings.
struct IntakeRule: Declared {
    /// The states that a check can fail with.
    enum Failure: String, Codable, CaseIterable, Sendable {
        case warning, critical, unknown
    }

    /// What a failure joins instead of opening a ticket of its own.
    enum Joining: String, Codable, CaseIterable, Sendable {
        case nothing
        /// The open incident about an item that the check is about, too.
        case item
    }

    @Param("The check's labels that it is for; none are for all.")
    var labels: [String: String] = [:]
    @Param("The states that it is for.")
    var states: [Failure] = [.critical]
    @Param("Whether a ticket is opened; where not, the failure is left alone.")
    var opens: Bool = true
    @Param(
        "The ticket's title; {{ name }}, {{ state }}, {{ output }} and {{ labels.NAME }} are "
            + "filled.", .length(1...1000))
    var title: String = "{{ name }} is {{ state }}"
    @Param("The queue's name.")
    var queue: String?
    @Param("How many are affected, 1 to 3.", .range(1...3))
    var impact: Int = 2
    @Param("How long it can wait, 1 to 3.", .range(1...3))
    var urgency: Int = 2
    @Param("What the failure joins.")
    var joins: Joining = .nothing
    @Param("Whether the recovery resolves a ticket that nobody has taken over.")
    var resolves: Bool = true
    @Param("How long after it a recovered ticket is taken up again.", .range(0...604_800_000))
    var reopensWithinMs: Int = 900_000

    func matches(_ change: CheckChange) -> Bool {
        states.contains { $0.rawValue == change.state }
            && labels.allSatisfy { change.labels[$0.key] == $0.value }
    }
}
