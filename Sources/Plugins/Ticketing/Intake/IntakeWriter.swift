internal import OpsCore
internal import OpsJSONRPC

/// Keeps which ticket stands for which check, and does what ``IntakeRules`` decide.
struct IntakeWriter: Sendable {
    static let listener = "intake"
    /// What is followed.
    static let topics = ["check.state_changed", "check.deleted"]

    private let policy: TicketingPolicy

    init(_ policy: TicketingPolicy) {
        self.policy = policy
    }

    private var rules: IntakeRules { policy.intake }

    // MARK: - The place in the event log

    static func position(in tx: ReadTransaction) throws -> Int64? {
        try tx.row("SELECT seq FROM ticketing_position WHERE listener = ?", listener)?
            .int64("seq")
    }

    static func goOn(to seq: Int64, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_position (listener, seq) VALUES (?, ?)
            ON CONFLICT (listener) DO UPDATE SET seq = excluded.seq
            """, listener, seq)
    }

    // MARK: - What to do

    func action(
        on change: CheckChange, at now: Instant, in tx: ReadTransaction
    ) throws -> IntakeRules.Action {
        rules.action(on: change, try known(change, in: tx), at: now)
    }

    private func known(_ change: CheckChange, in tx: ReadTransaction) throws -> IntakeRules.Known? {
        let row = try tx.row("SELECT * FROM ticketing_watch WHERE check_ref = ?", change.check)
        guard let row, let first = try TicketWriter.load(try row.text("ticket_key"), in: tx) else {
            return nil
        }
        let ticket = try MoveWriter.live(first, in: tx)
        let window = Duration.milliseconds(try row.int("reopens_within_ms"))
        return IntakeRules.Known(
            ticket: ticket, isTakenOver: try isTakenOver(ticket, in: tx),
            othersFail: try othersFail(change.check, ticket, in: tx),
            resolves: try row.bool("resolves"),
            reopensUntil: ticket.resolutionCode == .recovered
                ? ticket.resolvedAt.map { $0 + window } : nil)
    }

    /// Whether a person opened the ticket, moved it or gave it to somebody; one on hold waits for
    /// something else.
    private func isTakenOver(_ ticket: Ticket, in tx: ReadTransaction) throws -> Bool {
        guard ticket.state != .onHold, ticket.channel == .monitoring else { return true }
        return try tx.row(
            "SELECT is_taken_over FROM ticketing_ticket WHERE key = ?", ticket.key
        )?.bool("is_taken_over") ?? true
    }

    /// Remembers that a person has taken a ticket over.
    ///
    /// Who is assigned says nothing about it: a queue may have got somebody else since.
    static func changed(_ old: Ticket, to new: Ticket, in tx: WriteTransaction) throws {
        let isGiven = (old.assignee, old.queue) != (new.assignee, new.queue)
        // A merge ends a ticket, and may be taken back.
        let isMoved = old.state != new.state && new.state != .cancelled
        guard new.channel == .monitoring, isGiven || isMoved, tx.author.isPerson else { return }
        try setTakenOver(true, new, in: tx)
    }

    /// Forgets that a person has taken a ticket over where all of that was taken back.
    static func tookBack(_ ticket: Ticket, in tx: WriteTransaction) throws {
        guard ticket.channel == .monitoring else { return }
        var placings = Placings()
        for placing in try newestPlacings(of: ticket, in: tx).reversed() { placings.add(placing) }
        if !placings.arePersons { try setTakenOver(false, ticket, in: tx) }
    }

    /// As many entries of the audit log as are gone through; other writes wait meanwhile.
    private static let mostEntries = 1000

    /// Who has put a ticket where it is since it was opened or taken up again, newest first.
    ///
    /// Of what came before the last thousand it is known as little as of what the audit log has
    /// forgotten.
    private static func newestPlacings(
        of ticket: Ticket, in tx: ReadTransaction
    ) throws -> [Placing] {
        var placings: [Placing] = []
        try tx.forEach(
            """
            SELECT principal, method, before, after FROM (
                SELECT seq, principal, method, action, before, after FROM audit
                WHERE ref = ? ORDER BY seq DESC LIMIT ?) a
            WHERE after IS NOT NULL AND action IN
                ('ticket.created', 'ticket.updated', 'ticket.assigned', 'ticket.transitioned')
            ORDER BY seq DESC
            """, ticket.ref, mostEntries
        ) { row in
            let placing = try Placing(row: row)
            placings.append(placing)
            return placing.old != nil && !placing.beginsAnew
        }
        return placings
    }

    private static func setTakenOver(
        _ isTakenOver: Bool, _ ticket: Ticket, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            "UPDATE ticketing_ticket SET is_taken_over = ? WHERE key = ?", isTakenOver, ticket.key)
    }

    /// Those of tickets that were merged into it count, too.
    private func othersFail(
        _ check: Ref, _ ticket: Ticket, in tx: ReadTransaction
    ) throws -> Bool {
        try ([ticket.key] + MoveWriter.merged(into: ticket, in: tx)).contains { key in
            try tx.row(
                """
                SELECT 1 AS n FROM ticketing_watch
                WHERE ticket_key = ? AND fails = 1 AND check_ref <> ? LIMIT 1
                """, key, check) != nil
        }
    }

    // MARK: - Doing it

    /// Does what the rules say; `items` are what the check is about.
    func carryOut(
        _ change: CheckChange, seq: Int64, items: [Ref], in tx: WriteTransaction
    ) throws {
        let known = try known(change, in: tx)
        switch rules.action(on: change, known, at: tx.now) {
        case .nothing:
            break
        case .open(let index):
            try open(
                change, rules.rule(index), title: rules.title(index, of: change), seq, items, tx)
        case .tell:
            if let known { try tell(known.ticket, change, in: tx) }
        case .reopen:
            if let known { try reopen(known.ticket, change, in: tx) }
        case .resolve:
            if let known { try resolve(known.ticket, change, in: tx) }
        }
        try Self.note(change.check, change.isFailure, isGone: change.isGone, in: tx)
        try Self.goOn(to: seq, in: tx)
        try TriggerRun.follow(policy, in: tx)
    }

    /// Remembers whether a check fails, or forgets it: no ticket waits for one that is gone.
    static func note(
        _ check: Ref, _ fails: Bool, isGone: Bool, in tx: WriteTransaction
    ) throws {
        guard !isGone else {
            try tx.execute("DELETE FROM ticketing_watch WHERE check_ref = ?", check)
            return
        }
        try tx.execute("UPDATE ticketing_watch SET fails = ? WHERE check_ref = ?", fails, check)
    }

    private func open(
        _ change: CheckChange, _ rule: IntakeRule, title: String, _ seq: Int64, _ items: [Ref],
        _ tx: WriteTransaction
    ) throws {
        var ticket: Ticket
        if rule.joins == .item, let there = try openIncident(about: items, in: tx) {
            ticket = there
            try tell(ticket, change, in: tx)
        } else {
            ticket = try TicketWriter.insert(draft(change, rule, title, seq, in: tx), in: tx)
        }
        for item in items { try TicketWriter.link(ticket, .affects, item, in: tx) }
        _ = try TicketLinks.add(ticket.ref, "raised_by", change.check, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_watch
                (check_ref, ticket_key, fails, resolves, reopens_within_ms)
            VALUES (?, ?, 1, ?, ?)
            ON CONFLICT (check_ref) DO UPDATE SET ticket_key = excluded.ticket_key, fails = 1,
                resolves = excluded.resolves, reopens_within_ms = excluded.reopens_within_ms
            """, change.check, ticket.key, rule.resolves, rule.reopensWithinMs)
    }

    private func draft(
        _ change: CheckChange, _ rule: IntakeRule, _ title: String, _ seq: Int64,
        in tx: WriteTransaction
    ) throws -> Ticket {
        // A queue of the settings that is gone does not keep the incident from being opened.
        let queue = try rule.queue.flatMap { try Queue.load($0, in: tx) }
        return Ticket(
            ref: Ticket.ref("new"), key: "", kind: .incident, title: title,
            description: change.text, state: .new,
            impact: rule.impact, urgency: rule.urgency,
            priority: policy.matrix.priority(impact: rule.impact, urgency: rule.urgency),
            assignee: queue?.assignee, queue: queue?.name, labels: change.labels,
            channel: .monitoring, source: "\(change.check)@\(seq)", knownError: false,
            reopenCount: 0, createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }

    private func openIncident(about items: [Ref], in tx: ReadTransaction) throws -> Ticket? {
        for item in items {
            let row = try tx.row(
                """
                \(TicketWriter.select) JOIN link l ON t.key = substr(l.from_ref, 8)
                WHERE l.to_ref = ? AND l.relation = 'affects' AND l.from_ref LIKE 'ticket:%'
                    AND t.is_open = 1 AND t.kind = 'incident'
                ORDER BY t.id DESC LIMIT 1
                """, item)
            if let row { return try Ticket(row: row) }
        }
        return nil
    }

    private func tell(_ ticket: Ticket, _ change: CheckChange, in tx: WriteTransaction) throws {
        let entry = try TicketWriter.append(.system, change.text, to: ticket, in: tx)
        try tx.audit("ticket.told", ticket.ref, before: nil, after: try JSON(encoding: entry))
    }

    private func reopen(_ ticket: Ticket, _ change: CheckChange, in tx: WriteTransaction) throws {
        try tell(ticket, change, in: tx)
        var wish = TransitionTicket()
        wish.ticket = ticket.key
        wish.to = .inProgress
        try TicketWriter.move(ticket, wish, in: tx)
        // Whoever had it was done with it.
        try Self.setTakenOver(false, ticket, in: tx)
    }

    private func resolve(_ ticket: Ticket, _ change: CheckChange, in tx: WriteTransaction) throws {
        var wish = TransitionTicket()
        wish.ticket = ticket.key
        wish.to = .resolved
        wish.resolution = change.recovery
        wish.resolutionCode = .recovered
        try TicketWriter.move(ticket, wish, in: tx)
    }
}
