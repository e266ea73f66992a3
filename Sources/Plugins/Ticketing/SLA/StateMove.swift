internal import OpsCore
internal import OpsJSONRPC

/// A move of a ticket from one state to another, as the audit log has it.
struct StateMove: Sendable, Equatable {
    var at: Instant
    var from: TicketState
    var to: TicketState
    var holdReason: HoldReason?

    /// The moves of a ticket, in order; those that the audit log keeps no longer are missing.
    ///
    /// A merge that was taken back is none: the ticket is as if it had never been.
    static func all(of ticket: Ticket, in tx: ReadTransaction) throws -> [StateMove] {
        try tx.rows(
            """
            SELECT at, before, after FROM audit
            WHERE ref = ? AND before IS NOT NULL AND after IS NOT NULL
                AND action NOT IN ('ticket.merged', 'ticket.unmerged')
            ORDER BY seq
            """, ticket.ref
        ).compactMap { row in
            let (old, new) = (try row.json("before"), try row.json("after"))
            // What is no ticket, such as an entry about its change, has no state.
            guard let from = old["state"]?.string.flatMap(TicketState.init),
                let to = new["state"]?.string.flatMap(TicketState.init), from != to
            else { return nil }
            return StateMove(
                at: try row.instant("at"), from: from, to: to,
                holdReason: new["hold_reason"]?.string.flatMap(HoldReason.init))
        }
    }
}
