internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes clocks and their segments.
enum ClockWriter {
    private static let select = """
        SELECT c.*, t.key AS ticket FROM ticketing_clock c
        JOIN ticketing_ticket t ON t.id = c.ticket_id
        """

    // MARK: - Reading

    /// The clocks of a ticket, in the order in which they were started.
    static func clocks(of ticketID: Int, in tx: ReadTransaction) throws -> [Clock] {
        try clocks("WHERE c.ticket_id = ? ORDER BY c.id", [ticketID], in: tx)
    }

    /// Clocks of which something is due before an instant, the first of them first.
    static func due(before now: Instant, limit: Int, in tx: ReadTransaction) throws -> [Clock] {
        try clocks("WHERE c.next_at <= ? ORDER BY c.next_at LIMIT ?", [now, limit], in: tx)
    }

    /// When something is due next.
    static func next(in tx: ReadTransaction) throws -> Instant? {
        try tx.row("SELECT MIN(next_at) AS next FROM ticketing_clock WHERE next_at IS NOT NULL")?
            .optionalInstant("next")
    }

    /// The open clocks that count by a calendar or have counted by it, after a clock's number.
    static func open(
        by calendar: Int, after id: Int = 0, limit: Int, in tx: ReadTransaction
    ) throws -> [Clock] {
        try clocks(
            """
            WHERE c.stopped_at IS NULL AND c.id > ? AND EXISTS (
                SELECT 1 FROM ticketing_clock_segment s
                WHERE s.clock_id = c.id AND s.calendar_id = ?)
            ORDER BY c.id LIMIT ?
            """, [id, calendar, limit], in: tx)
    }

    /// The clocks that a condition says.
    static func clocks(
        _ condition: String, _ arguments: [(any SQLConvertible)?], in tx: ReadTransaction
    ) throws -> [Clock] {
        try tx.rows("\(select) \(condition)", arguments: arguments).map { row in
            let segments = try tx.rows(
                "SELECT * FROM ticketing_clock_segment WHERE clock_id = ? ORDER BY position",
                try row.int("id"))
            return try Clock(row: row, segments: segments.map(ClockSegment.init(row:)))
        }
    }

    // MARK: - Writing

    static func insert(_ clock: Clock, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_clock (
                sla_id, sla_name, target_ms, calendar_id, calendar_generation, warn_pct, pause_on,
                state, due_at, warn_at, warned_at, breached_at, stopped_at, is_late, next_at,
                sorted_at, id, ticket_id, metric, cycle, started_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments: try columns(clock) + [
                clock.id, clock.ticketID, clock.metric.rawValue, clock.cycle, clock.startedAt,
            ])
        for (position, segment) in clock.segments.enumerated() {
            try insert(segment, position, of: clock, in: tx)
        }
    }

    /// Stores what became of a clock: its row, and those segments that are other ones now.
    static func update(_ old: Clock, to new: Clock, in tx: WriteTransaction) throws {
        guard new != old else { return }
        try tx.execute(
            """
            UPDATE ticketing_clock SET sla_id = ?, sla_name = ?, target_ms = ?, calendar_id = ?,
                calendar_generation = ?, warn_pct = ?, pause_on = ?, state = ?, due_at = ?,
                warn_at = ?, warned_at = ?, breached_at = ?, stopped_at = ?, is_late = ?,
                next_at = ?, sorted_at = ?
            WHERE id = ?
            """, arguments: try columns(new) + [new.id])
        for (position, segment) in new.segments.enumerated() {
            guard position < old.segments.count else {
                try insert(segment, position, of: new, in: tx)
                continue
            }
            guard segment != old.segments[position] else { continue }
            try tx.execute(
                """
                UPDATE ticketing_clock_segment SET to_at = ?, work_ms = ?, calendar_id = ?,
                    calendar_generation = ?
                WHERE clock_id = ? AND position = ?
                """, segment.to, segment.workMs, segment.calendar, segment.calendarGeneration,
                new.id, position)
        }
    }

    private static func columns(_ clock: Clock) throws -> [(any SQLConvertible)?] {
        let terms = clock.terms
        return [
            terms.sla, terms.slaName, terms.targetMs, terms.calendar, terms.calendarGeneration,
            terms.warnPct, try JSON(encoding: terms.pauseOn), clock.state.rawValue, clock.dueAt,
            clock.warnAt, clock.warnedAt, clock.breachedAt, clock.stoppedAt, clock.isLate,
            clock.nextAt, clock.dueAt ?? clock.stoppedAt ?? clock.startedAt,
        ]
    }

    private static func insert(
        _ segment: ClockSegment, _ position: Int, of clock: Clock, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_clock_segment (clock_id, position, from_at, to_at, counts, reason,
                work_ms, calendar_id, calendar_generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, clock.id, position, segment.from, segment.to, segment.counts, segment.reason,
            segment.workMs, segment.calendar, segment.calendarGeneration)
    }
}

extension Clock {
    /// Reads a row of `ticketing_clock` with the ticket's key.
    fileprivate init(row: Row, segments: [ClockSegment]) throws {
        self.init(
            id: try row.int("id"), ticketID: try row.int("ticket_id"),
            ticket: try row.text("ticket"), metric: try row.word("metric"),
            cycle: try row.int("cycle"), terms: try ClockTerms(row: row),
            state: try row.word("state"), startedAt: try row.instant("started_at"),
            segments: segments, dueAt: try row.optionalInstant("due_at"),
            warnAt: try row.optionalInstant("warn_at"),
            warnedAt: try row.optionalInstant("warned_at"),
            breachedAt: try row.optionalInstant("breached_at"), isLate: try row.bool("is_late"),
            stoppedAt: try row.optionalInstant("stopped_at"))
    }
}

extension ClockTerms {
    fileprivate init(row: Row) throws {
        self.init(
            sla: try row.int("sla_id"), slaName: try row.text("sla_name"),
            targetMs: try row.int("target_ms"), calendar: try row.optionalInt("calendar_id"),
            calendarGeneration: try row.optionalInt("calendar_generation"),
            warnPct: try row.int("warn_pct"),
            pauseOn: try row.json("pause_on").decode([TicketState].self))
    }
}

extension ClockSegment {
    /// Reads a row of `ticketing_clock_segment`.
    fileprivate init(row: Row) throws {
        self.init(
            from: try row.instant("from_at"), to: try row.optionalInstant("to_at"),
            counts: try row.bool("counts"), reason: try row.text("reason"),
            workMs: try row.int("work_ms"), calendar: try row.optionalInt("calendar_id"),
            calendarGeneration: try row.optionalInt("calendar_generation"))
    }
}
