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

    /// Who waits for the active triggers that can be read, and how long.
    static func terms(_ policy: TicketingPolicy, in tx: ReadTransaction) throws -> [WaitTerms] {
        try policy.triggers.active(in: tx).compactMap { judge -> WaitTerms? in
            guard var terms = judge.trigger.waitTerms else { return nil }
            terms.since = try since(of: terms.trigger, in: tx)
            return terms
        }
    }

    private static func since(
        of trigger: Int, in tx: ReadTransaction
    ) throws -> [String: Instant] {
        let row = try tx.row("SELECT waits_since FROM ticketing_trigger WHERE id = ?", trigger)
        return try row?.optionalJSON("waits_since")?.decode([String: Instant].self) ?? [:]
    }

    // MARK: - Triggers that come and change

    /// Lets tickets that there are wait for a trigger as it is now.
    ///
    /// Those that wait for it already go on waiting, as long as it says now. What has been answered to
    /// is not answered to again because a description is mended or the time is another one.
    static func follow(
        _ trigger: Trigger, from old: Trigger?, in tx: WriteTransaction
    ) throws {
        let (then, now) = (old?.waitTerms, trigger.waitTerms)
        guard then != now else { return }
        guard let before = then, let after = now, before.state == after.state else {
            // Not only of one that was on: whoever mends a row by hand leaves its waits.
            try end(trigger, in: tx)
            if let now { try begin(now, of: now.kinds, in: tx) }
            return
        }
        let added = after.kinds.filter { !before.kinds.contains($0) }
        let lost = before.kinds.filter { !after.kinds.contains($0) }
        try end(before, of: lost + added, in: tx)
        try tx.execute(
            "UPDATE ticketing_trigger_wait SET due_at = due_at + ? WHERE trigger_id = ?",
            after.afterMs - before.afterMs, trigger.id)
        try begin(after, of: added, in: tx)
    }

    /// Lets tickets of some kinds wait that did not.
    ///
    /// These are the newest in the trigger's state, as many as one write and the first look may be
    /// about. Older ones wait from the next time on that something happens to them; what is closed or
    /// cancelled already is left as it is.
    private static func begin(
        _ terms: WaitTerms, of kinds: [TicketKind], in tx: WriteTransaction
    ) throws {
        guard !kinds.isEmpty else { return }
        try note(kinds, of: terms, in: tx)
        guard !terms.state.isOver else { return }
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
            arguments: [terms.trigger, terms.afterMs, terms.state.rawValue]
                + kinds.map(\.rawValue) + [Self.mostAtOnce])
    }

    /// Remembers that all tickets of some kinds wait anew from now on.
    private static func note(
        _ kinds: [TicketKind], of terms: WaitTerms, in tx: WriteTransaction
    ) throws {
        var since = try since(of: terms.trigger, in: tx)
        for kind in kinds { since[kind.rawValue] = tx.now }
        try tx.execute(
            "UPDATE ticketing_trigger SET waits_since = ? WHERE id = ?", JSON(encoding: since),
            terms.trigger)
    }

    /// How many of the tickets that there are wait for a trigger that is new.
    static let mostAtOnce = 1000

    /// Lets no ticket wait for a trigger any more.
    static func end(_ trigger: Trigger, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_trigger_wait WHERE trigger_id = ?", trigger.id)
    }

    /// Lets no ticket of some kinds wait any more.
    private static func end(
        _ terms: WaitTerms, of kinds: [TicketKind], in tx: WriteTransaction
    ) throws {
        guard !kinds.isEmpty else { return }
        try tx.execute(
            """
            DELETE FROM ticketing_trigger_wait WHERE trigger_id = ? AND (
                SELECT t.kind FROM ticketing_ticket t WHERE t.id = ticketing_trigger_wait.ticket_id
                ) IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))
            """, arguments: [terms.trigger] + kinds.map(\.rawValue))
    }

    // MARK: - Tickets to which something happens

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
        // What waits for a trigger that cannot be read waits on: the row may be mended.
        try tx.execute(
            """
            DELETE FROM ticketing_trigger_wait
            WHERE ticket_id = ? AND trigger_id IN (\(waiting.map { _ in "?" }.joined(separator: ", ")))
            """, arguments: [id] + waiting.map(\.id))
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

    // MARK: - What came due

    /// Lets triggers answer to tickets that have waited long enough, so many at most.
    ///
    /// - Returns: How many there were.
    static func settle(
        limit: Int, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws -> Int {
        let rows = try tx.rows(
            """
            SELECT w.trigger_id, w.ticket_id, t.key, r.id AS active_id
            FROM ticketing_trigger_wait w
            LEFT JOIN ticketing_ticket t ON t.id = w.ticket_id
            LEFT JOIN ticketing_trigger r ON r.id = w.trigger_id AND r.active = 1
            WHERE w.due_at <= ? ORDER BY w.due_at, w.trigger_id, w.ticket_id LIMIT ?
            """, tx.now, limit)
        let triggers = try policy.triggers.active(in: tx)
        for row in rows { try settle(row, triggers, policy, in: tx) }
        return rows.count
    }

    private static func settle(
        _ row: Row, _ triggers: [TriggerJudge], _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws {
        let (trigger, ticket) = (try row.int("trigger_id"), try row.int("ticket_id"))
        let isKnown = triggers.contains { $0.trigger.id == trigger }
        // Nothing can tell when a row is mended that cannot be read, so it is asked again later.
        if !isKnown, try row.optionalInt("active_id") != nil {
            let later = tx.now + patience
            try tx.execute(
                "UPDATE ticketing_trigger_wait SET due_at = ? WHERE trigger_id = ? AND ticket_id = ?",
                later, trigger, ticket)
            return
        }
        try tx.execute(
            "DELETE FROM ticketing_trigger_wait WHERE trigger_id = ? AND ticket_id = ?",
            trigger, ticket)
        // Whoever switches a trigger off or deletes it by hand leaves what waits for it.
        guard isKnown else { return }
        guard let key = try row.optionalText("key") else { return }
        // Each wait is a request of its own: what came of the one before it is no circle.
        var run = TriggerRun(triggers, policy, from: tx.events.count, in: tx)
        try run.waited(trigger, for: key)
        try run.goThrough()
    }

    private static let patience = Duration.seconds(86_400)
}
