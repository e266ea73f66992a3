internal import OpsCore
internal import OpsJSONRPC

/// Reads what ticketing itself has to say around a ticket.
struct ContextReader {
    private static let mostChanges = 10

    let ticket: Ticket
    let tx: ReadTransaction

    func affects() throws -> [Ref] {
        try tx.links(from: ticket.ref, relation: LinkTicket.Relation.affects.rawValue).map(\.to)
    }

    /// Changes of the affected records and of what they stand on, from a while before the ticket on.
    ///
    /// They are told by when they were begun or are to be: a change that was made long ago and is
    /// written about today broke nothing today.
    func changes(
        of items: [Ref], standingOn supports: [Ref], within window: Duration
    ) throws -> [RelatedChange] {
        let suspects = Set(try Suspects.changes(before: ticket, in: tx).map(\.key))
        var found: [String: RelatedChange] = [:]
        for (refs, rest) in [(items, ""), (supports, ", on which it stands")] {
            for row in try changes(touching: refs, within: window) {
                let change = try RelatedChange(
                    row: row, reason: "changes \(try row.text("item"))\(rest)", among: suspects)
                found[change.key] = found[change.key] ?? change
            }
        }
        found[ticket.key] = nil
        return chosen(of: found.values)
    }

    /// What was begun before the ticket may be its cause, so what is planned crowds none of it out.
    private func chosen(of changes: some Collection<RelatedChange>) -> [RelatedChange] {
        let begun = changes.filter { $0.at <= ticket.createdAt }.sorted(by: Self.isLater)
        let planned = changes.filter { $0.at > ticket.createdAt }
            .sorted { Self.isLater($1, $0) }
        return (begun + planned).prefix(Self.mostChanges).sorted(by: Self.isLater)
    }

    private static func isLater(_ change: RelatedChange, _ other: RelatedChange) -> Bool {
        (change.at, change.key) > (other.at, other.key)
    }

    /// Of both, what was begun before the ticket and what came or comes later, those nearest to it.
    private func changes(touching items: [Ref], within window: Duration) throws -> [Row] {
        guard !items.isEmpty else { return [] }
        let opened = ticket.createdAt
        let first = opened - window
        return try changes(touching: items, "BETWEEN ? AND ?", [first, opened], "DESC")
            + changes(touching: items, "> ?", [opened], "ASC")
    }

    private func changes(
        touching items: [Ref], _ time: String, _ instants: [(any SQLConvertible)?],
        _ order: String
    ) throws -> [Row] {
        // Rounded up, so that few statements are prepared and kept; the last one again does no harm.
        let count = max(8, 1 << (Int.bitWidth - (items.count - 1).leadingZeroBitCount))
        let places = Array(repeating: "?", count: count).joined(separator: ", ")
        var arguments = (0..<count).map { place -> (any SQLConvertible)? in
            items[min(place, items.count - 1)]
        }
        arguments += [TicketState.cancelled.rawValue]
        arguments += instants
        // The ticket itself may be one of them.
        arguments += [Self.mostChanges + 1]
        // Most of what there is about an item are no changes: those are left out by their refs.
        return try tx.rows(
            """
            SELECT c.*, t.key, t.title, t.state, \(ChangeWriter.begin) AS begun_at, l.item
            FROM (SELECT from_ref, MIN(to_ref) AS item FROM link
                WHERE to_ref IN (\(places)) AND relation = 'affects' AND \(Self.isChange)
                GROUP BY from_ref) l
            JOIN ticketing_ticket t ON t.key = substr(l.from_ref, 8)
            JOIN ticketing_change c ON c.ticket_id = t.id
            WHERE t.state <> ? AND \(ChangeWriter.begin) \(time)
            ORDER BY begun_at \(order), t.id DESC LIMIT ?
            """, arguments: arguments)
    }

    // The dot comes next after the dash. A pattern that is bound would have the statement prepared anew
    // each time, since what it begins with decides how it is looked up.
    private static let isChange = """
        from_ref >= 'ticket:\(TicketKind.change.prefix)-' AND from_ref < 'ticket:\(TicketKind.change.prefix).'
        """

    /// Solved tickets of the same kind like this one: about the same records, or in the same words.
    func similar(_ items: [Ref], limit: Int) throws -> [RelatedTicket] {
        guard limit > 0 else { return [] }
        var similar = try SimilarTickets(to: ticket, in: tx)
        for item in items { try similar.add(about: item) }
        similar.addInTheSameWords()
        return try similar.best(limit)
    }
}
