internal import OpsCore
internal import OpsJSONRPC

/// A rule as the store holds it.
struct StoredRule: Sendable {
    var id: Int
    var definition: RuleDefinition
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("rule", id) }
}

extension StoredRule {
    /// Reads a row of `monitoring_rule`.
    init(row: Row) throws {
        id = try row.int("id")
        definition = try RuleDefinition(stored: row.json("definition").object ?? [:])
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

/// An alert as the store holds it.
struct StoredAlert: Sendable {
    var rule: Int
    var labels: Labels
    var status: AlertStatus

    /// Reads a row of `monitoring_alert`.
    init(row: Row, at moment: Moment) throws {
        rule = try row.int("rule_id")
        labels = Labels((try row.json("labels").object ?? [:]).texts)
        status = try AlertStatus(row: row, at: moment)
    }
}

extension AlertStatus {
    /// Reads a row of `monitoring_alert`, whose waits go on.
    init(row: Row, at moment: Moment) throws {
        state = State(rawValue: try row.text("state")) ?? .unknown
        announced = State(rawValue: try row.text("announced")) ?? .ok
        value = try row.optionalDouble("value")
        badSince = try row.optionalInstant("bad_since").map(moment.taken(up:))
        clearSince = try row.optionalInstant("clear_since").map(moment.taken(up:))
        missingSince = try row.optionalInstant("missing_since")
        firingSince = try row.optionalInstant("firing_since")
    }

    /// Whether the store has to know: the newest figure alone is not worth a write.
    func isSaved(as old: AlertStatus?) -> Bool {
        guard var old else { return false }
        old.value = value
        return old == self
    }
}
