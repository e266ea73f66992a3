internal import OpsCore
internal import OpsJSONRPC

/// Writes SLOs and what their alerts do, with audit and events in the same transaction.
enum SLOWriter {
    /// An alert that begins or ceases to fire.
    struct Change: Sendable {
        let id: Int
        let burn: Int
        let since: Instant?
        let status: SLOStatus
        /// The alert as it is once this is saved.
        let alert: AlertStatus
    }

    static func load(_ id: Int, in tx: ReadTransaction) throws -> StoredSLO? {
        try tx.row("SELECT * FROM monitoring_slo WHERE id = ?", id).map(StoredSLO.init(row:))
    }

    static func insert(_ definition: SLODefinition, in tx: WriteTransaction) throws -> StoredSLO {
        try tx.refuseName(
            definition.name, of: "an SLO", in: "monitoring_slo", unlessOf: nil, StoredSLO.ref)
        let slo = StoredSLO(
            id: try tx.nextID("slo"), definition: definition, countedSince: tx.now, revision: 1,
            firingSince: SLORules.burns.map { _ in nil }, createdAt: tx.now, updatedAt: tx.now,
            generation: 1)
        try tx.execute(
            """
            INSERT INTO monitoring_slo (
                name, definition, counted_since, revision, firing_since, updated_at, generation,
                id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: try columns(slo) + [slo.id, slo.createdAt])
        try publish("slo.created", slo, before: nil, in: tx)
        return slo
    }

    static func update(
        _ old: StoredSLO, to definition: SLODefinition, in tx: WriteTransaction
    ) throws -> StoredSLO {
        try tx.refuseName(
            definition.name, of: "an SLO", in: "monitoring_slo", unlessOf: old.id, StoredSLO.ref)
        var slo = old
        slo.definition = definition
        slo.updatedAt = tx.now
        slo.generation += 1
        if definition.indicator != old.definition.indicator {
            slo.countedSince = tx.now
            slo.revision += 1
        }
        try tx.execute(
            """
            UPDATE monitoring_slo SET name = ?, definition = ?, counted_since = ?, revision = ?,
                firing_since = ?, updated_at = ?, generation = ?
            WHERE id = ?
            """, arguments: try columns(slo) + [slo.id])
        try publish("slo.updated", slo, before: old, in: tx)
        return slo
    }

    /// Deletes an SLO; alerts that fire are resolved.
    ///
    /// - Parameter watched: The SLO as it stood last, for the figures of those who are told.
    static func delete(
        _ slo: StoredSLO, last watched: WatchedSLO, in tx: WriteTransaction
    ) throws {
        for burn in slo.firingSince.indices where slo.firingSince[burn] != nil {
            var end = watched
            end.alerts[burn] = AlertStatus()
            try announce("slo.resolved", slo, burn, SLOStatus(end), in: tx)
        }
        try tx.execute("DELETE FROM monitoring_slo WHERE id = ?", slo.id)
        try tx.unlinkAll(slo.ref)
        try tx.unindex(slo.ref)
        try tx.audit("slo.deleted", slo.ref, before: .object(slo.definition.wish), after: nil)
        try tx.announce("slo.deleted", slo.ref, .object(identity(slo)))
    }

    /// Writes that an alert fires, or that it does not any more, and says so.
    static func write(_ change: Change, in tx: WriteTransaction) throws {
        guard var slo = try load(change.id, in: tx), slo.firingSince.indices.contains(change.burn)
        else { return }
        slo.firingSince[change.burn] = change.since
        try tx.execute(
            "UPDATE monitoring_slo SET firing_since = ? WHERE id = ?",
            try JSON(encoding: slo.firingSince), slo.id)
        let topic = change.since == nil ? "slo.resolved" : "slo.firing"
        try announce(topic, slo, change.burn, change.status, in: tx)
    }

    // MARK: - Parts

    private static func announce(
        _ topic: String, _ slo: StoredSLO, _ burn: Int, _ status: SLOStatus,
        in tx: WriteTransaction
    ) throws {
        var event = identity(slo)
        event["labels"] = .object(JSON.Object(texts: slo.definition.labels))
        event["objective"] = .number(JSON.Number(slo.definition.objective))
        event["budget_left_percent"] = .figure(status.budgetLeftPercent)
        let alert = try JSON(encoding: status.alerts[burn]).object ?? [:]
        for (name, value) in alert where name != "firing" { event[name] = value }
        event["at"] = .string(tx.now.description)
        try tx.announce(topic, slo.ref, .object(event))
    }

    private static func columns(_ slo: StoredSLO) throws -> [(any SQLConvertible)?] {
        [
            slo.definition.name, JSON.object(slo.definition.wish), slo.countedSince,
            slo.revision, try JSON(encoding: slo.firingSince), slo.updatedAt, slo.generation,
        ]
    }

    private static func publish(
        _ topic: String, _ slo: StoredSLO, before old: StoredSLO?, in tx: WriteTransaction
    ) throws {
        let wish = slo.definition
        try tx.index(
            SearchDocument(
                ref: slo.ref, title: wish.name, body: wish.comment,
                labels: wish.labels.map { "\($0)=\($1)" }.sorted()))
        try tx.audit(
            topic, slo.ref, before: old.map { .object($0.definition.wish) },
            after: .object(wish.wish))
        try tx.announce(topic, slo.ref, .object(identity(slo)))
    }

    private static func identity(_ slo: StoredSLO) -> JSON.Object {
        ["slo": .string(slo.ref.description), "name": .string(slo.definition.name)]
    }
}
