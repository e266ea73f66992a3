internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes what changes have beyond other tickets.
enum ChangeWriter {
    /// The change of a ticket of that kind.
    static func load(_ ticket: Ticket, in tx: ReadTransaction) throws -> Change {
        let row = try tx.row(
            """
            SELECT c.*, m.name AS model FROM ticketing_change c
            JOIN ticketing_ticket t ON t.id = c.ticket_id
            LEFT JOIN ticketing_change_model m ON m.id = c.model_id
            WHERE t.key = ?
            """, ticket.key)
        return try row.map(Change.init(row:)) ?? Change()
    }

    /// A change by its ticket.
    ///
    /// - Throws: `not_found`, or `invalid_params` when the ticket is none.
    static func find(
        _ key: String, in tx: ReadTransaction
    ) throws -> (ticket: Ticket, change: Change) {
        let ticket = try TicketWriter.find(key, in: tx)
        guard ticket.kind == .change else {
            throw RPCError.badMember("change", "must be a change, and \(ticket.key) is none")
        }
        return (ticket, try load(ticket, in: tx))
    }

    /// Gives a ticket of that kind what a change has.
    static func insert(_ change: Change, of ticket: Ticket, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_change (type, model_id, risk, risk_reason, assessed_at, reason,
                plan, backout_plan, test_plan, window_from, window_to, outage, outcome,
                review_due_at, implemented_at, ticket_id)
            VALUES (?, (SELECT id FROM ticketing_change_model WHERE name = ?),
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments: columns(change) + [try TicketWriter.id(of: ticket.key, in: tx)])
    }

    /// Stores what became of a change, and lets its ticket and its approvals follow.
    static func update(
        _ old: Change, to new: Change, of ticket: Ticket, as topic: String,
        in tx: WriteTransaction
    ) throws -> Ticket {
        guard new != old else { return ticket }
        try store(new, before: old, of: ticket, in: tx)
        try tx.audit(
            topic, ticket.ref, before: try JSON(encoding: old), after: try JSON(encoding: new))
        try tx.announce(topic, ticket.ref, .object(TicketWriter.identity(ticket)))
        // The ticket is another one now, so who has seen the old one is told.
        var touched = ticket
        touched.generation += 1
        return try TicketWriter.update(ticket, to: touched, as: "ticket.updated", in: tx)
    }

    /// Stores what a ticket is about, which was just opened unless it was something else before; it is
    /// found by that from then on.
    static func store(
        _ change: Change, before old: Change = Change(), of ticket: Ticket,
        in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            UPDATE ticketing_change SET type = ?,
                model_id = (SELECT id FROM ticketing_change_model WHERE name = ?),
                risk = ?, risk_reason = ?, assessed_at = ?, reason = ?, plan = ?,
                backout_plan = ?, test_plan = ?, window_from = ?, window_to = ?, outage = ?,
                outcome = ?, review_due_at = ?, implemented_at = ?
            WHERE ticket_id = ?
            """, arguments: columns(change) + [try TicketWriter.id(of: ticket.key, in: tx)])
        if change.texts != old.texts { try TicketWriter.index(ticket, in: tx) }
    }

    /// Takes away what a ticket has as a change, with the ticket.
    static func delete(of ticket: Ticket, in tx: WriteTransaction) throws {
        try tx.execute(
            "DELETE FROM ticketing_change WHERE ticket_id = ?",
            try TicketWriter.id(of: ticket.key, in: tx))
    }

    private static func columns(_ change: Change) -> [(any SQLConvertible)?] {
        [
            change.type.rawValue, change.model, change.risk?.rawValue, change.riskReason,
            change.assessedAt, change.reason, change.plan, change.backoutPlan, change.testPlan,
            change.windowFrom, change.windowTo, change.outage, change.outcome?.rawValue,
            change.reviewDueAt, change.implementedAt,
        ]
    }

    // MARK: - What they touch

    /// The items that a ticket is about.
    static func items(of ticket: Ticket, in tx: ReadTransaction) throws -> [Ref] {
        try tx.links(from: ticket.ref, relation: "affects").map(\.to)
    }

    /// What freezes the window of a change.
    static func freezes(
        of ticket: Ticket, _ change: Change, in tx: ReadTransaction
    ) throws -> [Freeze] {
        guard let window = change.window else { return [] }
        return try Freeze.freezes(
            in: window, touching: Set(try items(of: ticket, in: tx)), in: tx)
    }

    /// Makes these the items that a ticket is about; what was agreed to follows later.
    ///
    /// - Returns: Whether they were other ones.
    static func touch(
        _ items: [Ref], by ticket: Ticket, in tx: WriteTransaction
    ) throws -> Bool {
        var isOther = false
        for old in try self.items(of: ticket, in: tx) where !items.contains(old) {
            isOther = try TicketLinks.remove(ticket.ref, "affects", old, in: tx) || isOther
        }
        for item in items {
            isOther = try TicketLinks.add(ticket.ref, "affects", item, in: tx) || isOther
        }
        return isOther
    }

    /// When a ticket began, in SQL: an incident when it was opened, a change when it was begun or
    /// was to be.
    ///
    /// Of a change that was made elsewhere only its end is known: it was begun by then.
    static let begin = """
        COALESCE(c.implemented_at, c.window_from,
            CASE WHEN t.kind = 'change' AND t.state = 'closed'
                THEN COALESCE(t.resolved_at, t.closed_at) END,
            t.created_at)
        """

    /// The tickets of a kind that touch one of some items and began within a time, each with those
    /// that it touches: what has been used for years has very many.
    static func tickets(
        _ kind: TicketKind, touching items: [Ref], begun time: ClosedRange<Instant>,
        in tx: ReadTransaction
    ) throws -> [(ticket: Ticket, items: [Ref])] {
        var touched: [String: (ticket: Ticket, items: [Ref])] = [:]
        for item in items {
            let rows = try tx.rows(
                """
                \(TicketWriter.select)
                JOIN link l ON t.key = substr(l.from_ref, 8)
                LEFT JOIN ticketing_change c ON c.ticket_id = t.id
                WHERE l.to_ref = ? AND l.relation = 'affects' AND l.from_ref LIKE 'ticket:%'
                    AND t.kind = ?
                    AND \(begin) BETWEEN ? AND ?
                """, item, kind.rawValue, time.lowerBound, time.upperBound)
            for ticket in try rows.map(Ticket.init(row:)) {
                touched[ticket.key, default: (ticket, [])].items.append(item)
            }
        }
        return touched.sorted { $0.key < $1.key }.map(\.value)
    }
}
