internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes calendars, with audit entry, search document and event in the same transaction.
enum CalendarWriter {
    /// The calendar of a name or a ref, or nil.
    static func load(_ key: String, in tx: ReadTransaction) throws -> Calendar? {
        if let row = try tx.row("SELECT * FROM ticketing_calendar WHERE name = ?", key) {
            return try Calendar(row: row)
        }
        guard let ref = Ref(key), ref.noun == "calendar", let id = Int(ref.key) else { return nil }
        return try load(id, in: tx)
    }

    static func load(_ id: Int, in tx: ReadTransaction) throws -> Calendar? {
        try tx.row("SELECT * FROM ticketing_calendar WHERE id = ?", id).map(Calendar.init(row:))
    }

    /// The calendar of a name or a ref.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, in tx: ReadTransaction) throws -> Calendar {
        guard let calendar = try load(key, in: tx) else {
            throw RPCError.notFound(
                "There is no calendar \"\(key)\".",
                hint: "calendar.list shows those that there are.")
        }
        return calendar
    }

    static func page(
        after name: String, limit: Int, in tx: ReadTransaction
    ) throws -> [Calendar] {
        try tx.rows(
            "SELECT * FROM ticketing_calendar WHERE name > ? ORDER BY name LIMIT ?", name, limit
        ).map(Calendar.init(row:))
    }

    static func insert(_ wish: CreateCalendar, in tx: WriteTransaction) throws -> Calendar {
        let calendar = Calendar(
            ref: Calendar.ref(try tx.nextID("calendar")), name: wish.name,
            description: wish.description, timeZone: wish.timeZone, week: wish.week,
            days: wish.days, createdAt: tx.now, updatedAt: tx.now, generation: 1)
        _ = try calendar.hours()
        try refuseTaken(calendar, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_calendar
                (id, name, description, time_zone, week, days, created_at, updated_at, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, calendar.id, calendar.name, calendar.description, calendar.timeZone,
            try JSON(encoding: calendar.week), try JSON(encoding: calendar.days),
            calendar.createdAt, calendar.updatedAt, calendar.generation)
        try publish("calendar.created", calendar, before: nil, in: tx)
        return calendar
    }

    /// Stores what became of a calendar; where its hours changed, the clocks that count by them are
    /// computed anew in the same transaction, so that nobody sees the one without the other.
    static func update(
        _ old: Calendar, to new: Calendar, in tx: WriteTransaction
    ) throws -> Calendar {
        guard new != old else { return old }
        let hours = try new.hours()
        try refuseTaken(new, in: tx)
        var calendar = new
        calendar.updatedAt = tx.now
        calendar.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE ticketing_calendar SET name = ?, description = ?, time_zone = ?, week = ?,
                days = ?, updated_at = ?, generation = ?
            WHERE id = ?
            """, calendar.name, calendar.description, calendar.timeZone,
            try JSON(encoding: calendar.week), try JSON(encoding: calendar.days),
            calendar.updatedAt, calendar.generation, calendar.id)
        try publish("calendar.updated", calendar, before: old, in: tx)
        if (new.timeZone, new.week, new.days) != (old.timeZone, old.week, old.days) {
            try TicketClocks.recompute(calendar, .business(hours), in: tx)
        }
        return calendar
    }

    static func delete(_ calendar: Calendar, in tx: WriteTransaction) throws {
        if let policy = try SLAWriter.all(in: tx).first(where: { $0.counts(by: calendar.ref) }) {
            throw RPCError.conflict(
                "The SLA \"\(policy.name)\" counts by \"\(calendar.name)\".",
                hint: "Give it another calendar with sla.update.")
        }
        if let clock = try ClockWriter.open(by: calendar.id, limit: 1, in: tx).first {
            throw RPCError.conflict(
                "\(clock.ticket) has a clock that counts by \"\(calendar.name)\".",
                hint: "sla.recompute takes the ticket to the SLA that holds for it now.")
        }
        try tx.execute("DELETE FROM ticketing_calendar WHERE id = ?", calendar.id)
        try tx.unindex(calendar.ref)
        try tx.audit(
            "calendar.deleted", calendar.ref, before: try JSON(encoding: calendar), after: nil)
        try tx.announce("calendar.deleted", calendar.ref, identity(calendar))
    }

    private static func refuseTaken(_ calendar: Calendar, in tx: ReadTransaction) throws {
        let row = try tx.row("SELECT id FROM ticketing_calendar WHERE name = ?", calendar.name)
        guard let holder = try row?.int("id"), holder != calendar.id else { return }
        throw RPCError.conflict(
            "There is a calendar named \"\(calendar.name)\" already, \(Calendar.ref(holder)).",
            hint: "Choose another name, or change that one with calendar.update.")
    }

    private static func publish(
        _ topic: String, _ calendar: Calendar, before old: Calendar?, in tx: WriteTransaction
    ) throws {
        try tx.index(
            SearchDocument(ref: calendar.ref, title: calendar.name, body: calendar.description))
        try tx.audit(
            topic, calendar.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: calendar))
        try tx.announce(topic, calendar.ref, identity(calendar))
    }

    private static func identity(_ calendar: Calendar) -> JSON {
        ["calendar": .string(calendar.ref.description), "name": .string(calendar.name)]
    }
}
