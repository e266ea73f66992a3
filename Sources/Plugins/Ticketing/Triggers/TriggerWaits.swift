internal import OpsCore
internal import OpsJSONRPC

/// Knows which tickets wait for which triggers, and until when.
///
/// A ticket waits from its last change or comment on. Once a trigger has answered, only what somebody
/// does to the ticket begins another wait.
enum TriggerWaits {
    /// The instant at which the first ticket has waited long enough.
    static func next(in tx: ReadTransaction) throws -> Instant? {
        try tx.row("SELECT MIN(due_at) AS due FROM ticketing_trigger_wait")?
            .optionalInstant("due")
    }

    /// The triggers that answer to waiting.
    static func due(by policy: @escaping @Sendable () async -> TicketingPolicy) -> DueWatch.Work {
        DueWatch.Work(
            reason: "what waited for a trigger", next: { try next(in: $0) },
            settle: {
                let policy = await policy()
                return { tx in try settle(limit: DueWatch.batch, policy, in: tx) }
            })
    }

    /// Lets tickets that there are wait for a trigger that is new or was changed.
    ///
    /// These are the newest in its state, as many as one write and the first look may be about. Older
    /// ones wait from the next time on that something happens to them; what is closed or cancelled
    /// already is left as it is.
    static func begin(_ trigger: Trigger, in tx: WriteTransaction) throws {
        try end(trigger, in: tx)
        guard trigger.active, let after = trigger.afterMs, let state = trigger.state,
            !state.isOver
        else { return }
        let kinds = trigger.kinds.isEmpty ? TicketKind.allCases : trigger.kinds
        try tx.execute(
            """
            INSERT INTO ticketing_trigger_wait (trigger_id, ticket_id, due_at)
            SELECT ?, t.id, ? + COALESCE(
                (SELECT MAX(e.at) FROM ticketing_entry e
                    WHERE e.ticket_id = t.id AND e.at > t.updated_at), t.updated_at)
            FROM ticketing_ticket t
            WHERE t.state = ? AND t.kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))
            ORDER BY t.id DESC LIMIT ?
            """,
            arguments: [trigger.id, after, state.rawValue] + kinds.map(\.rawValue)
                + [Self.mostAtOnce])
    }

    /// How many of the tickets that there are wait for a trigger that is new.
    static let mostAtOnce = 1000

    /// Lets no ticket wait for a trigger any more.
    static func end(_ trigger: Trigger, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_trigger_wait WHERE trigger_id = ?", trigger.id)
    }

    /// Lets tickets wait anew to which something happened.
    static func follow(
        _ events: [Event], _ triggers: [TriggerJudge], in tx: WriteTransaction
    ) throws {
        let waiting = triggers.map(\.trigger).filter { $0.event == .waiting }
        guard !waiting.isEmpty else { return }
        let keys = Set(
            events.compactMap { event in
                event.topic.hasPrefix("ticket.") && event.ref?.noun == "ticket"
                    ? event.ref?.key : nil
            })
        for key in keys { try wait(for: waiting, key, in: tx) }
    }

    /// The same for one ticket that was taken back to what it was.
    static func follow(
        _ ticket: Ticket, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws {
        let waiting = try policy.triggers.active(in: tx).map(\.trigger)
            .filter { $0.event == .waiting }
        guard !waiting.isEmpty else { return }
        try wait(for: waiting, ticket.key, in: tx)
    }

    private static func wait(
        for waiting: [Trigger], _ key: String, in tx: WriteTransaction
    ) throws {
        guard let ticket = try TicketWriter.load(key, in: tx) else { return }
        let id = try TicketWriter.id(of: key, in: tx)
        try tx.execute("DELETE FROM ticketing_trigger_wait WHERE ticket_id = ?", id)
        for trigger in waiting where trigger.awaits(ticket) {
            let due = tx.now + .milliseconds(trigger.afterMs ?? 0)
            try tx.execute(
                """
                INSERT INTO ticketing_trigger_wait (trigger_id, ticket_id, due_at)
                VALUES (?, ?, ?)
                """, trigger.id, id, due)
        }
    }

    /// The same after a write to which no trigger answers, such as an import.
    static func follow(_ policy: TicketingPolicy, in tx: WriteTransaction) throws {
        guard tx.events.contains(where: { $0.topic.hasPrefix("ticket.") }) else { return }
        try follow(tx.events, policy.triggers.active(in: tx), in: tx)
    }

    /// Lets triggers answer to tickets that have waited long enough, so many at most.
    ///
    /// - Returns: How many there were.
    static func settle(
        limit: Int, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws -> Int {
        let rows = try tx.rows(
            """
            SELECT w.trigger_id, w.ticket_id, t.key FROM ticketing_trigger_wait w
            LEFT JOIN ticketing_ticket t ON t.id = w.ticket_id
            WHERE w.due_at <= ? ORDER BY w.due_at, w.trigger_id, w.ticket_id LIMIT ?
            """, tx.now, limit)
        let triggers = try policy.triggers.active(in: tx)
        for row in rows {
            let trigger = try row.int("trigger_id")
            try tx.execute(
                "DELETE FROM ticketing_trigger_wait WHERE trigger_id = ? AND ticket_id = ?",
                trigger, try row.int("ticket_id"))
            guard let key = try row.optionalText("key") else { continue }
            // Each wait is a request of its own: what came of the one before it is no circle.
            var run = TriggerRun(triggers, policy, from: tx.events.count, in: tx)
            try run.waited(trigger, for: key)
            try run.goThrough()
        }
        return rows.count
    }
}
