internal import OpsCore
internal import OpsJSONRPC

/// One alert's way from one evaluation to the next, as far as the store has to know it.
struct AlertChange: Sendable {
    var labels: Labels
    var old: AlertStatus
    var new: AlertStatus
    /// The alert is forgotten after this.
    var isLast: Bool
    /// Whether something keeps people from being told.
    var isSuppressed: Bool

    /// What is news to people, if anything is.
    var topic: String? {
        guard new.announced != old.announced else { return nil }
        switch new.announced {
        case .firing: return "rule.firing"
        case .unknown: return "rule.unknown"
        case .ok, .pending: return "rule.resolved"
        }
    }
}

extension AlertChange {
    /// The end of an alert that nobody looks at any more.
    init(ending status: AlertStatus, of labels: Labels) {
        var end = status
        (end.state, end.announced, end.firingSince) = (.ok, .ok, nil)
        self.init(labels: labels, old: status, new: end, isLast: true, isSuppressed: false)
    }
}

/// One line of a rule's history.
struct RuleHistoryEntry: Codable, Sendable {
    var at: Instant
    var labels: [String: String]
    var previousState: AlertStatus.State
    var state: AlertStatus.State
    var value: JSON
    /// What kept people from being told.
    var suppressedBy: String?
}

extension RuleHistoryEntry {
    /// Reads a row of `monitoring_rule_history`.
    init(row: Row) throws {
        at = try row.instant("at")
        labels = (try row.json("labels").object ?? [:]).texts
        previousState = AlertStatus.State(rawValue: try row.text("previous_state")) ?? .unknown
        state = AlertStatus.State(rawValue: try row.text("state")) ?? .unknown
        value = .figure(try row.optionalDouble("value"))
        suppressedBy = try row.optionalText("suppressed_by")
    }
}

extension JSON {
    /// A figure; what JSON has no number for is written as samples are.
    static func figure(_ value: Double?) -> JSON {
        guard let value else { return .null }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return .string(value > 0 ? "+Inf" : "-Inf") }
        return .number(JSON.Number(value))
    }
}
