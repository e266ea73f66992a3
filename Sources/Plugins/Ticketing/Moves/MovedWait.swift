internal import OpsCore
internal import OpsJSONRPC

/// Until when a ticket waits for a trigger, which a ``Move`` changes for both of its tickets.
struct MovedWait: Codable, Sendable, Equatable {
    /// The trigger's number.
    var trigger: Int
    /// The ticket's key.
    var ticket: String
    var dueAt: Instant

    /// What some tickets wait for.
    static func all(of tickets: [Ticket], in tx: ReadTransaction) throws -> [MovedWait] {
        try tickets.flatMap { try waits(of: $0.key, in: tx) }
    }

    /// What both tickets of a move wait for.
    static func all(of move: Move, in tx: ReadTransaction) throws -> [MovedWait] {
        try waits(of: move.source, in: tx) + waits(of: move.target, in: tx)
    }

    private static func waits(of key: String, in tx: ReadTransaction) throws -> [MovedWait] {
        try tx.rows(
            """
            SELECT w.trigger_id, w.due_at FROM ticketing_trigger_wait w
            JOIN ticketing_ticket t ON t.id = w.ticket_id
            WHERE t.key = ? ORDER BY w.trigger_id
            """, key
        ).map {
            MovedWait(
                trigger: try $0.int("trigger_id"), ticket: key, dueAt: try $0.instant("due_at"))
        }
    }

    /// Lets both tickets wait as if a move that was taken back had never been.
    ///
    /// A trigger that was changed since has let all tickets wait anew, and what somebody has done to
    /// the ticket that went on counts from then.
    ///
    /// - Parameter present: What both waited for until the move was taken back.
    static func restore(
        _ move: Move, from present: [MovedWait], in tx: WriteTransaction
    ) throws {
        let unchanged = try unchangedTriggers(since: move.at, in: tx)
        let wentOn = move.kind == .merge ? move.target : move.source
        var waits = present.filter { $0.ticket == wentOn }.compactMap { wait in
            let begunByMove = unchanged[wait.trigger].map { move.at + $0 }
            guard wait.dueAt == begunByMove else { return MovedWait?.some(wait) }
            return move.moved.waits.first { ($0.trigger, $0.ticket) == (wait.trigger, wentOn) }
        }
        if move.kind == .merge {
            let anew = try self.waits(of: move.source, in: tx)
            waits += anew.filter { unchanged[$0.trigger] == nil }
            waits += move.moved.waits.filter {
                $0.ticket == move.source && unchanged[$0.trigger] != nil
            }
        }
        for key in [move.source, move.target] {
            try tx.execute(
                """
                DELETE FROM ticketing_trigger_wait
                WHERE ticket_id = (SELECT id FROM ticketing_ticket WHERE key = ?)
                """, key)
        }
        for wait in waits {
            try tx.execute(
                """
                INSERT INTO ticketing_trigger_wait (trigger_id, ticket_id, due_at)
                SELECT ?, id, ? FROM ticketing_ticket WHERE key = ?
                """, wait.trigger, wait.dueAt, wait.ticket)
        }
    }

    /// How long tickets wait for the triggers that nobody has changed since an instant.
    private static func unchangedTriggers(
        since instant: Instant, in tx: ReadTransaction
    ) throws -> [Int: Duration] {
        let rows = try tx.rows(
            """
            SELECT id, after_ms FROM ticketing_trigger
            WHERE after_ms IS NOT NULL AND updated_at <= ?
            """, instant)
        let waits = try rows.map {
            (try $0.int("id"), Duration.milliseconds(try $0.int("after_ms")))
        }
        return Dictionary(uniqueKeysWithValues: waits)
    }
}
