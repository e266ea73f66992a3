internal import OpsCore
internal import OpsJSONRPC

/// Names what may have to do with each other: a change, and what broke on the same within a day.
enum Suspects {
    /// How long after a change something that breaks may have broken by it.
    static let span = Duration.seconds(86_400)

    /// The changes that were begun within a day before an incident, on what it affects.
    static func changes(before incident: Ticket, in tx: ReadTransaction) throws -> [Suspect] {
        guard incident.kind == .incident else { return [] }
        let items = try ChangeWriter.items(of: incident, in: tx)
        let time = (incident.createdAt - span)...incident.createdAt
        let found = try ChangeWriter.tickets(.change, touching: items, begun: time, in: tx)
        return try found.compactMap { found in
            let change = try ChangeWriter.load(found.ticket, in: tx)
            guard let begin = begin(of: found.ticket, change),
                isWithin(begin, incident.createdAt)
            else { return nil }
            return suspect(found.ticket, at: begin, found.items)
        }.sorted { $1.at < $0.at }
    }

    /// The incidents that began within a day after a change, on some items.
    static func incidents(
        after ticket: Ticket, _ change: Change, on items: [Ref], in tx: ReadTransaction
    ) throws -> [Suspect] {
        guard let begin = begin(of: ticket, change) else { return [] }
        let time = begin...(begin + span)
        let found = try ChangeWriter.tickets(.incident, touching: items, begun: time, in: tx)
        return found.compactMap { found in
            guard isWithin(begin, found.ticket.createdAt) else { return nil }
            return suspect(found.ticket, at: found.ticket.createdAt, found.items)
        }.sorted { $0.at < $1.at }
    }

    /// A change that was never made has broken nothing.
    private static func begin(of ticket: Ticket, _ change: Change) -> Instant? {
        switch ticket.state {
        case .implement, .review: change.begin
        case .closed: change.begin ?? ticket.resolvedAt ?? ticket.closedAt
        case .scheduled: change.windowFrom
        default: nil
        }
    }

    private static func isWithin(_ begin: Instant, _ incident: Instant) -> Bool {
        begin <= incident && incident <= begin + span
    }

    private static func suspect(_ ticket: Ticket, at: Instant, _ items: [Ref]) -> Suspect {
        Suspect(
            ref: ticket.ref, key: ticket.key, title: ticket.title, state: ticket.state, at: at,
            items: items)
    }
}
