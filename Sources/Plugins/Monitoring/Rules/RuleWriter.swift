internal import OpsCore
internal import OpsJSONRPC

/// Writes rules and what becomes of their alerts, with history, audit and events in the same
/// transaction.
enum RuleWriter {
    static func load(_ id: Int, in tx: ReadTransaction) throws -> StoredRule? {
        try tx.row("SELECT * FROM monitoring_rule WHERE id = ?", id).map(StoredRule.init(row:))
    }

    // MARK: - Rules

    static func insert(_ definition: RuleDefinition, in tx: WriteTransaction) throws -> StoredRule {
        try tx.refuseName(
            definition.name, of: "a rule", in: "monitoring_rule", unlessOf: nil, StoredRule.ref)
        let rule = StoredRule(
            id: try tx.nextID("rule"), definition: definition, createdAt: tx.now,
            updatedAt: tx.now, generation: 1)
        try tx.execute(
            """
            INSERT INTO monitoring_rule (id, name, definition, created_at, updated_at, generation)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            rule.id, definition.name, try JSON(encoding: definition), rule.createdAt,
            rule.updatedAt, rule.generation)
        try publish("rule.created", rule, before: nil, in: tx)
        return rule
    }

    static func update(
        _ old: StoredRule, to definition: RuleDefinition, in tx: WriteTransaction
    ) throws -> StoredRule {
        try tx.refuseName(
            definition.name, of: "a rule", in: "monitoring_rule", unlessOf: old.id, StoredRule.ref)
        var rule = old
        rule.definition = definition
        rule.updatedAt = tx.now
        rule.generation += 1
        try tx.execute(
            """
            UPDATE monitoring_rule SET name = ?, definition = ?, updated_at = ?, generation = ?
            WHERE id = ?
            """,
            definition.name, try JSON(encoding: definition), rule.updatedAt, rule.generation,
            rule.id)
        try publish("rule.updated", rule, before: old, in: tx)
        return rule
    }

    /// Deletes a rule with its alerts, which end.
    static func delete(_ rule: StoredRule, in tx: WriteTransaction) throws {
        try endAlerts(of: rule, in: tx)
        for table in ["monitoring_rule_history", "monitoring_alert"] {
            try tx.execute("DELETE FROM \(table) WHERE rule_id = ?", rule.id)
        }
        try tx.execute("DELETE FROM monitoring_rule WHERE id = ?", rule.id)
        try tx.unlinkAll(rule.ref)
        try tx.unindex(rule.ref)
        try tx.audit(
            "rule.deleted", rule.ref, before: try JSON(encoding: rule.definition), after: nil)
        try tx.announce("rule.deleted", rule.ref, .object(identity(rule)))
    }

    // MARK: - Alerts

    /// Writes what an evaluation changed.
    ///
    /// - Returns: Whether the rule is the one that was evaluated; else nothing is written, because
    ///   alerts of what it saw before would never end.
    static func write(
        _ changes: [AlertChange], of rule: StoredRule, in tx: WriteTransaction
    ) throws -> Bool {
        guard try load(rule.id, in: tx)?.generation == rule.generation else { return false }
        try carryOut(changes, of: rule, in: tx)
        return true
    }

    /// Ends all alerts that the store has of a rule; who was told of one is told of its end.
    static func endAlerts(of rule: StoredRule, in tx: WriteTransaction) throws {
        let moment = Moment(now: tx.now, uptime: .zero)
        let rows = try tx.rows(
            "SELECT * FROM monitoring_alert WHERE rule_id = ? ORDER BY labels", rule.id)
        let ends = try rows.map { row in
            let alert = try StoredAlert(row: row, at: moment)
            return AlertChange(ending: alert.status, of: alert.labels)
        }
        try carryOut(ends, of: rule, in: tx)
    }

    private static func carryOut(
        _ changes: [AlertChange], of rule: StoredRule, in tx: WriteTransaction
    ) throws {
        for change in changes {
            try writeRow(change, of: rule.id, in: tx)
            if change.old.state != change.new.state || change.topic != nil {
                try writeHistory(change, of: rule.id, in: tx)
            }
            if let topic = change.topic {
                try tx.announce(topic, rule.ref, try event(change, of: rule, at: tx.now))
            }
        }
    }

    private static func writeRow(
        _ change: AlertChange, of id: Int, in tx: WriteTransaction
    ) throws {
        let labels = key(change.labels)
        try tx.execute(
            "DELETE FROM monitoring_alert WHERE rule_id = ? AND labels = ?", id, labels)
        guard !change.isLast else { return }
        let status = change.new
        try tx.execute(
            """
            INSERT INTO monitoring_alert (
                rule_id, labels, state, announced, value, bad_since, clear_since, missing_since,
                firing_since)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            id, labels, status.state.rawValue, status.announced.rawValue, status.value,
            status.badSince?.at, status.clearSince?.at, status.missingSince, status.firingSince)
    }

    private static func writeHistory(
        _ change: AlertChange, of id: Int, in tx: WriteTransaction
    ) throws {
        let isHeldBack = change.isSuppressed && change.new.announced != change.new.wanted
        try tx.execute(
            """
            INSERT INTO monitoring_rule_history (
                id, rule_id, at, labels, previous_state, state, value, suppressed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            try tx.nextID("monitoring_rule_history"), id, tx.now, key(change.labels),
            change.old.state.rawValue, change.new.state.rawValue, change.new.value,
            isHeldBack ? "maintenance" : nil)
    }

    /// The labels as the text by which an alert is found.
    static func key(_ labels: Labels) -> JSON { .object(JSON.Object(texts: labels.dictionary)) }

    // MARK: - What others get to see

    private static func event(
        _ change: AlertChange, of rule: StoredRule, at now: Instant
    ) throws -> JSON {
        var event = identity(rule)
        let alert = RuleAlert(change.labels, change.new, of: rule.definition)
        event["labels"] = .object(JSON.Object(texts: alert.labels))
        event["severity"] = .string(alert.severity.rawValue)
        event["state"] = .string(change.new.announced.rawValue)
        event["previous_state"] = .string(change.old.announced.rawValue)
        event["value"] = alert.value
        event["threshold"] = .figure(rule.definition.threshold)
        event["annotations"] = .object(JSON.Object(texts: alert.annotations))
        event["firing_since"] = change.new.firingSince.map { .string($0.description) } ?? .null
        event["at"] = .string(now.description)
        return .object(event)
    }

    private static func publish(
        _ topic: String, _ rule: StoredRule, before old: StoredRule?, in tx: WriteTransaction
    ) throws {
        let wish = rule.definition
        try tx.index(
            SearchDocument(
                ref: rule.ref, title: wish.name, body: "\(wish.comment) \(wish.query.select)",
                labels: wish.labels.map { "\($0)=\($1)" }.sorted()))
        try tx.audit(
            topic, rule.ref, before: try old.map { try JSON(encoding: $0.definition) },
            after: try JSON(encoding: wish))
        try tx.announce(topic, rule.ref, .object(identity(rule)))
    }

    private static func identity(_ rule: StoredRule) -> JSON.Object {
        ["rule": .string(rule.ref.description), "name": .string(rule.definition.name)]
    }
}
