internal import OpsCore
internal import OpsJSONRPC

/// Reads what ticketing itself has to say around a ticket.
struct ContextReader {
    /// How many tickets are looked at before the best are chosen.
    private static let candidates = 20
    private static let mostChanges = 10
    private static let select = """
        SELECT t.key, t.kind, t.title, t.state, t.resolution, t.created_at, t.updated_at
        FROM ticketing_ticket t
        """

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
            for row in try changes(touching: refs, since: ticket.createdAt - window) {
                let change = try RelatedChange(
                    row: row, reason: "changes \(try row.text("item"))\(rest)", among: suspects)
                found[change.key] = found[change.key] ?? change
            }
        }
        found[ticket.key] = nil
        return found.values.sorted { ($0.at, $0.key) > ($1.at, $1.key) }
            .prefix(Self.mostChanges).map(\.self)
    }

    private func changes(touching items: [Ref], since: Instant) throws -> [Row] {
        guard !items.isEmpty else { return [] }
        let places = items.map { _ in "?" }.joined(separator: ", ")
        var arguments: [(any SQLConvertible)?] = items
        arguments += [
            "ticket:\(TicketKind.change.prefix)-%", TicketState.cancelled.rawValue, since,
            // The ticket itself may be one of them.
            Self.mostChanges + 1,
        ]
        // Most of what there is about an item are no changes: those are left out by their refs.
        return try tx.rows(
            """
            SELECT c.*, t.key, t.title, t.state, \(ChangeWriter.begin) AS begun_at, l.item
            FROM (SELECT from_ref, MIN(to_ref) AS item FROM link
                WHERE to_ref IN (\(places)) AND relation = 'affects' AND from_ref LIKE ?
                GROUP BY from_ref) l
            JOIN ticketing_ticket t ON t.key = substr(l.from_ref, 8)
            JOIN ticketing_change c ON c.ticket_id = t.id
            WHERE t.state <> ? AND \(ChangeWriter.begin) >= ?
            ORDER BY begun_at DESC, t.id DESC LIMIT ?
            """, arguments: arguments)
    }

    /// Solved tickets of the same kind like this one: about the same records, or in the same words.
    func similar(_ items: [Ref], limit: Int) throws -> [RelatedTicket] {
        guard limit > 0 else { return [] }
        let similarity = Similarity(title: ticket.title)
        var found: [String: (ticket: RelatedTicket, score: Int)] = [:]
        func add(_ row: Row, sharesItem: Bool, _ reason: String) throws {
            let other = try Self.related(row, reason)
            guard other.key != ticket.key, other.kind == ticket.kind.rawValue,
                found[other.key] == nil
            else { return }
            let score = similarity.score(title: other.title, sharesItem: sharesItem)
            found[other.key] = (other, score)
        }
        for item in items {
            let rows = try linked(
                to: item, "t.is_open = 0 AND t.resolution IS NOT NULL AND t.kind = ?",
                ticket.kind.rawValue, limit: Self.candidates)
            for row in rows { try add(row, sharesItem: true, "affects \(item)") }
        }
        for question in similarity.questions where found.count < limit {
            // Only tickets are open or not. Of another kind there are few enough to leave them out later.
            let refs = try tx.newest(
                SearchQuery(question, facets: ["open": "false"], limit: Self.candidates))
            for ref in refs {
                let row = try tx.row(
                    "\(Self.select) WHERE t.key = ? AND t.is_open = 0 AND t.resolution IS NOT NULL",
                    ref.key)
                if let row { try add(row, sharesItem: false, "says \(question)") }
            }
        }
        return found.values
            .sorted {
                ($0.score, $0.ticket.createdAt, $0.ticket.key)
                    > ($1.score, $1.ticket.createdAt, $1.ticket.key)
            }
            .prefix(limit).map(\.ticket)
    }

    private func linked(
        to item: Ref, _ condition: String, _ argument: any SQLConvertible, limit: Int
    ) throws -> [Row] {
        try tx.rows(
            """
            \(Self.select) JOIN link l ON t.key = substr(l.from_ref, 8)
            WHERE l.to_ref = ? AND l.relation = 'affects' AND l.from_ref LIKE 'ticket:%'
                AND \(condition)
            ORDER BY t.id DESC LIMIT ?
            """, item, argument, limit)
    }

    private static func related(_ row: Row, _ reason: String) throws -> RelatedTicket {
        let key = try row.text("key")
        return RelatedTicket(
            ref: Ticket.ref(key), key: key, kind: try row.text("kind"),
            title: try row.text("title"), state: try row.text("state"),
            resolution: try row.optionalText("resolution"), reason: reason,
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
    }
}
