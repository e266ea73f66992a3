internal import OpsCore

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
            "SELECT SUM(work_ms) AS total FROM ticketing_entry WHERE ticket_id = ?",
            try TicketWriter.id(of: ticket.key, in: tx)
        )?.optionalInt("total") ?? 0
    }

    private static func select(_ messagesOnly: Bool) -> String {
        let restriction = messagesOnly ? "AND kind = '\(Entry.Kind.message.rawValue)'" : ""
        return "SELECT * FROM ticketing_entry WHERE ticket_id = ? \(restriction)"
    }
}
