internal import OpsCore
internal import OpsJSONRPC

/// Decides whether a ticket may become what it was before some change.
enum RevertedTicket {
    /// The ticket as it was, with what follows from that; its marks are those of now.
    ///
    /// - Parameter moves: Where it may go from where it stands.
    /// - Throws: `conflict` with what is in the way.
    static func ticket(
        _ members: JSON.Object, from old: Ticket, among moves: [TicketState],
        by matrix: PriorityMatrix
    ) throws -> Ticket {
        var ticket = try JSON.object(members).decode(Ticket.self)
        (ticket.generation, ticket.updatedAt) = (old.generation, old.updatedAt)
        try refuseMove(old, to: ticket, among: moves)
        if ticket.knownError, ticket.rootCause == nil, ticket.workaround == nil {
            throw RPCError.conflict("\(old.key) is a known error and keeps what is known of it.")
        }
        // Later changes may have left the priority or what it follows from, and without a reason it
        // follows from that.
        let isJudged =
            (ticket.impact, ticket.urgency, ticket.priority, ticket.priorityReason)
            != (old.impact, old.urgency, old.priority, old.priorityReason)
        if isJudged, ticket.priorityReason == nil {
            ticket.priority = matrix.priority(impact: ticket.impact, urgency: ticket.urgency)
        }
        return ticket
    }

    /// A move is taken back by a move, which has to be one.
    private static func refuseMove(
        _ old: Ticket, to new: Ticket, among moves: [TicketState]
    ) throws(RPCError) {
        guard old.state != new.state, !moves.contains(new.state) else { return }
        let names = moves.map(\.rawValue).joined(separator: ", ")
        throw .conflict(
            "\(old.key) is \(old.state.rawValue) and cannot become \(new.state.rawValue) again; "
                + (moves.isEmpty ? "it is over" : "it can become \(names)"))
    }

    /// As what a ticket that became another one is told.
    static func topic(_ old: Ticket, to new: Ticket) -> String {
        if old.state != new.state { return "ticket.transitioned" }
        let isGiven = (old.assignee, old.queue) != (new.assignee, new.queue)
        return isGiven ? "ticket.assigned" : "ticket.updated"
    }
}
