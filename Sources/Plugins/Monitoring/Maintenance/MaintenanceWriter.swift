internal import OpsCore
internal import OpsJSONRPC

/// Writes maintenances, with the audit entry and the event in the same transaction.
enum MaintenanceWriter {
    static func load(_ id: Int, in tx: ReadTransaction) throws -> StoredMaintenance? {
        try tx.row("SELECT * FROM monitoring_maintenance WHERE id = ?", id)
            .map(StoredMaintenance.init(row:))
    }

    static func insert(
        _ definition: MaintenanceDefinition, in tx: WriteTransaction
    ) throws -> StoredMaintenance {
        try tx.refuseName(
            definition.name, of: "a maintenance", in: "monitoring_maintenance", unlessOf: nil,
            StoredMaintenance.ref)
        try refuseUnknownRoot(definition.root, in: tx)
        let stored = StoredMaintenance(
            id: try tx.nextID("maintenance"), definition: definition, createdAt: tx.now,
            updatedAt: tx.now, generation: 1)
        try tx.execute(
            """
            INSERT INTO monitoring_maintenance (
                name, comment, selector, root_check, starts_at, duration_ms, rrule, time_zone,
                exdates, rdates, updated_at, generation, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: columns(stored) + [stored.id, stored.createdAt])
        try publish("maintenance.created", stored, before: nil, in: tx)
        return stored
    }

    static func update(
        _ old: StoredMaintenance, to new: StoredMaintenance, as topic: String,
        in tx: WriteTransaction
    ) throws -> StoredMaintenance {
        try tx.refuseName(
            new.definition.name, of: "a maintenance", in: "monitoring_maintenance",
            unlessOf: old.id, StoredMaintenance.ref)
        if new.definition.root != old.definition.root {
            try refuseUnknownRoot(new.definition.root, in: tx)
        }
        var stored = new
        stored.updatedAt = tx.now
        stored.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE monitoring_maintenance SET name = ?, comment = ?, selector = ?, root_check = ?,
                starts_at = ?, duration_ms = ?, rrule = ?, time_zone = ?, exdates = ?, rdates = ?,
                updated_at = ?, generation = ?, cancelled_at = ?
            WHERE id = ?
            """, arguments: columns(stored) + [stored.cancelledAt, stored.id])
        try publish(topic, stored, before: old, in: tx)
        return stored
    }

    static func delete(_ stored: StoredMaintenance, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM monitoring_maintenance WHERE id = ?", stored.id)
        try tx.unlinkAll(stored.ref)
        try tx.unindex(stored.ref)
        try tx.audit("maintenance.deleted", stored.ref, before: shown(stored), after: nil)
        if let window = stored.running { try announceEnd(of: stored, window, in: tx) }
        try tx.announce("maintenance.deleted", stored.ref, .object(identity(stored)))
    }

    /// Writes that a window has begun or ended, and says so.
    static func write(
        _ id: Int, running: MaintenanceWindow?, in tx: WriteTransaction
    ) throws {
        guard let stored = try load(id, in: tx), stored.running != running else { return }
        try tx.execute(
            """
            UPDATE monitoring_maintenance SET running_from = ?, running_until = ? WHERE id = ?
            """, running?.startsAt, running?.endsAt, id)
        let news = MaintenanceWindow.news(known: stored.running, now: running)
        if let window = news.ended { try announceEnd(of: stored, window, in: tx) }
        if let window = news.started {
            try tx.announce("maintenance.started", stored.ref, event(stored, window))
        }
    }

    // MARK: - Rows

    private static func columns(_ stored: StoredMaintenance) -> [(any SQLConvertible)?] {
        let wish = stored.definition
        return [
            wish.name, wish.comment, wish.select, wish.root, wish.startsAt, wish.durationMs,
            wish.rrule, wish.timeZone, JSON.array(wish.exdates.map(JSON.instant)),
            JSON.array(wish.rdates.map(JSON.instant)), stored.updatedAt, stored.generation,
        ]
    }

    private static func refuseUnknownRoot(_ root: Int?, in tx: WriteTransaction) throws {
        guard let root, try !CheckWriter.exists(root, in: tx) else { return }
        throw RPCError.badMember("root", "is no check")
    }

    // MARK: - What others get to see

    private static func publish(
        _ topic: String, _ stored: StoredMaintenance, before old: StoredMaintenance?,
        in tx: WriteTransaction
    ) throws {
        let wish = stored.definition
        try tx.index(
            SearchDocument(
                ref: stored.ref, title: wish.name, body: "\(wish.comment) \(wish.select)"))
        try tx.audit(topic, stored.ref, before: old.map(shown), after: shown(stored))
        try tx.announce(topic, stored.ref, .object(identity(stored)))
    }

    private static func announceEnd(
        of stored: StoredMaintenance, _ window: MaintenanceWindow, in tx: WriteTransaction
    ) throws {
        try tx.announce("maintenance.ended", stored.ref, event(stored, window))
    }

    private static func event(_ stored: StoredMaintenance, _ window: MaintenanceWindow) -> JSON {
        var event = identity(stored)
        event["starts_at"] = .instant(window.startsAt)
        event["ends_at"] = .instant(window.endsAt)
        return .object(event)
    }

    private static func identity(_ stored: StoredMaintenance) -> JSON.Object {
        [
            "maintenance": .string(stored.ref.description),
            "name": .string(stored.definition.name),
            "comment": .string(stored.definition.comment),
        ]
    }

    private static func shown(_ stored: StoredMaintenance) -> JSON {
        let wish = stored.definition
        return [
            "name": .string(wish.name), "comment": .string(wish.comment),
            "select": .string(wish.select),
            "root": wish.root.map { .string(StoredCheck.ref($0).description) } ?? .null,
            "starts_at": .instant(wish.startsAt),
            "duration_ms": .number(JSON.Number(wish.durationMs)), "rrule": .string(wish.rrule),
            "time_zone": .string(wish.timeZone),
            "exdates": .array(wish.exdates.map(JSON.instant)),
            "rdates": .array(wish.rdates.map(JSON.instant)),
            "cancelled_at": stored.cancelledAt.map(JSON.instant) ?? .null,
        ]
    }
}

extension JSON {
    fileprivate static func instant(_ instant: Instant) -> JSON { .string(instant.description) }
}
