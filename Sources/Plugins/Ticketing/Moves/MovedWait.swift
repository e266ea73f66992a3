internal import OpsCore
internal import OpsJSONRPC

/// Since when a ticket waits for a trigger, which a ``Move`` changes for both of its tickets.
struct MovedWait: Codable, Sendable, Equatable {
    /// The trigger's number.
    var trigger: Int
    /// The ticket's key.
    var ticket: String
    /// When the wait began; how long it is, the trigger says, and may say otherwise by now.
    var since: Instant

    /// What some tickets wait for.
    static func all(of keys: [String], in tx: ReadTransaction) throws -> [MovedWait] {
        try keys.flatMap { try waits(of: $0, in: tx) }
    }

    private static func waits(of key: String, in tx: ReadTransaction) throws -> [MovedWait] {
        try tx.rows(
            """
            SELECT w.trigger_id, w.due_at - r.after_ms AS since FROM ticketing_trigger_wait w
            JOIN ticketing_trigger r ON r.id = w.trigger_id
            JOIN ticketing_ticket t ON t.id = w.ticket_id
            WHERE t.key = ? AND r.after_ms IS NOT NULL ORDER BY w.trigger_id
            """, key
        ).map {
            MovedWait(
                trigger: try $0.int("trigger_id"), ticket: key, since: try $0.instant("since"))
        }
    }
}
