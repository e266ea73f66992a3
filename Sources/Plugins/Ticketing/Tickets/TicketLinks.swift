internal import OpsCore
internal import OpsJSONRPC

/// Writes links that start from tickets, with audit entry and event in the same transaction.
enum TicketLinks {
    /// Adds a link.
    ///
    /// - Returns: Whether there was none.
    static func add(
        _ ticket: Ref, _ relation: String, _ other: Ref, in tx: WriteTransaction
    ) throws -> Bool {
        guard try tx.link(ticket, relation, other) else { return false }
        let link = link(ticket, relation, other)
        try tx.audit("ticket.linked", ticket, before: nil, after: link)
        try tx.announce("ticket.linked", ticket, link)
        return true
    }

    /// Takes a link away.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    static func remove(
        _ ticket: Ref, _ relation: String, _ other: Ref, in tx: WriteTransaction
    ) throws -> Bool {
        guard try tx.unlink(ticket, relation, other) else { return false }
        let link = link(ticket, relation, other)
        try tx.audit("ticket.unlinked", ticket, before: link, after: nil)
        try tx.announce("ticket.unlinked", ticket, link)
        return true
    }

    private static func link(_ ticket: Ref, _ relation: String, _ other: Ref) -> JSON {
        [
            "ticket": .string(ticket.description), "relation": .string(relation),
            "to": .string(other.description),
        ]
    }
}
