internal import OpsCore
internal import OpsJSONRPC

/// Reads what was said and done about a ticket.
enum Timeline {
    /// The newest lines, the oldest of them first.
    static func newest(
        _ count: Int, of ticket: Ticket, messagesOnly: Bool, in tx: ReadTransaction
    ) throws -> [Entry] {
        try tx.rows(
            "\(select(messagesOnly)) ORDER BY id DESC LIMIT ?",
            try TicketWriter.id(of: ticket.key, in: tx), count
        ).reversed().map(Entry.init(row:))
    }

    /// The lines that follow one.
    static func entries(
        of ticket: Ticket, after id: Int, limit: Int, messagesOnly: Bool, in tx: ReadTransaction
    ) throws -> [Entry] {
        try tx.rows(
            "\(select(messagesOnly)) AND id > ? ORDER BY id LIMIT ?",
            try TicketWriter.id(of: ticket.key, in: tx), id, limit
        ).map(Entry.init(row:))
    }

    /// The time worked on a ticket, in milliseconds.
    static func workMs(of ticket: Ticket, in tx: ReadTransaction) throws -> Int {
        try tx.row(
            """
            SELECT SUM(work_ms) AS total FROM ticketing_entry WHERE ticket_id = ?
                AND work_ms IS NOT NULL
            """, try TicketWriter.id(of: ticket.key, in: tx)
        )?.optionalInt("total") ?? 0
    }

    /// The time worked in a time, by person in the order of their names.
    static func time(
        _ params: ReportTime, from: Instant, to: Instant, in tx: ReadTransaction
    ) throws -> TimeReport {
        var condition = "work_ms IS NOT NULL AND at >= ? AND at < ?"
        var arguments: [(any SQLConvertible)?] = [from, to]
        if let key = params.ticket {
            condition += " AND ticket_id = ?"
            arguments.append(
                try TicketWriter.id(of: TicketWriter.find(key, in: tx).key, in: tx))
        }
        let total = try tx.row(
            "SELECT SUM(work_ms) AS total FROM ticketing_entry WHERE \(condition)",
            arguments: arguments)
        let rows = try tx.rows(
            """
            SELECT author, SUM(work_ms) AS total, COUNT(*) AS lines,
                COUNT(DISTINCT ticket_id) AS tickets
            FROM ticketing_entry WHERE \(condition) AND author > ?
            GROUP BY author ORDER BY author LIMIT ?
            """, arguments: arguments + [params.cursor ?? "", params.limit + 1])
        let lines = try rows.prefix(params.limit).map(TimeReport.Line.init(row:))
        return TimeReport(
            from: from, to: to, totalMs: try total?.optionalInt("total") ?? 0, items: lines,
            nextCursor: rows.count > lines.count ? lines.last?.person : nil)
    }

    private static func select(_ messagesOnly: Bool) -> String {
        let restriction = messagesOnly ? "AND kind = '\(Entry.Kind.message.rawValue)'" : ""
        return "SELECT * FROM ticketing_entry WHERE ticket_id = ? \(restriction)"
    }
}

extension TimeReport.Line {
    fileprivate init(row: Row) throws {
        person = try row.text("author")
        workMs = try row.int("total")
        lines = try row.int("lines")
        tickets = try row.int("tickets")
    }
}
