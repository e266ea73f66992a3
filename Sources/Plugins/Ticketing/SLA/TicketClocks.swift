internal import OpsCore
internal import OpsJSONRPC

/// Lets the clocks follow what happens to tickets, in the transaction in which it happens.
enum TicketClocks {
    /// Starts the clocks of a ticket that was opened, as new or, by an import, further on.
    static func opened(_ ticket: Ticket, in tx: WriteTransaction) throws {
        let metrics = ClockRules.metrics(ofWhatCameAs: ticket.state)
        guard !metrics.isEmpty, let sla = try SLA.holding(for: ticket, in: tx) else { return }
        let book = HoursBook(tx)
        for metric in metrics {
            try start(metric, of: ticket, sla, reason: "opened", book, in: tx)
        }
    }

    /// Lets the clocks follow a ticket that was changed.
    static func changed(_ old: Ticket, to new: Ticket, in tx: WriteTransaction) throws {
        let isJudgedAnew =
            (old.priority, old.queue, old.labels, old.kind)
            != (new.priority, new.queue, new.labels, new.kind)
        guard isJudgedAnew || old.state != new.state else { return }
        let book = HoursBook(tx)
        let id = try TicketWriter.id(of: new.key, in: tx)
        for clock in try ClockWriter.clocks(of: id, in: tx) where clock.isOpen {
            var (moved, facts) = (clock, [ClockFact]())
            if old.state != new.state {
                facts += try follow(&moved, from: old, to: new, at: tx.now, by: book)
            }
            try save(moved, before: clock, facts, of: new, in: tx)
        }
        if isJudgedAnew, new.state.isOpen || new.state == .resolved {
            try judge(new, id, because: cause(of: old, new), book, in: tx)
        }
    }

    /// The open clocks of a ticket that a merge is about to end, what is due by now settled.
    static func openClocks(
        of ticket: Ticket, in tx: ReadTransaction, at now: Instant
    ) throws -> [Clock] {
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        return try ClockWriter.clocks(of: id, in: tx).filter(\.isOpen).map { clock in
            var settled = clock
            _ = settled.settle(at: now)
            return settled
        }
    }

    /// Lets clocks go on that were ended by a merge, as if it had never been.
    ///
    /// By a calendar that was changed meanwhile they are counted again, as of when it was.
    static func restore(_ clocks: [Clock], of ticket: Ticket, in tx: WriteTransaction) throws {
        let book = HoursBook(tx)
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        let ended = try ClockWriter.clocks(of: id, in: tx)
        for clock in clocks {
            guard let old = ended.first(where: { $0.id == clock.id }), let end = old.stoppedAt
            else { continue }
            var restored = clock
            let facts = restored.catchUp(
                with: try HoursChange.all(for: clock, from: end, in: tx),
                by: try book.hours(of: clock), at: tx.now)
            try save(restored, before: old, facts, of: ticket, in: tx)
        }
    }

    /// Takes the clocks of a ticket away, with the ticket.
    static func deleted(_ ticket: Ticket, in tx: WriteTransaction) throws {
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        for clock in try ClockWriter.clocks(of: id, in: tx) {
            try tx.execute("DELETE FROM ticketing_clock_segment WHERE clock_id = ?", clock.id)
            try tx.execute("DELETE FROM ticketing_clock WHERE id = ?", clock.id)
        }
    }

    /// Lets the clocks follow what somebody said.
    static func said(_ entry: Entry, on ticket: Ticket, in tx: WriteTransaction) throws {
        // Notes are not for who asked, and an answer that nobody wrote is none.
        guard entry.kind == .message, Principal(entry.author).isPerson else { return }
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        let clocks = try ClockWriter.clocks(of: id, in: tx)
        if try MoveWriter.askers(of: ticket, in: tx).contains(entry.author) {
            return try asked(ticket, id, clocks, in: tx)
        }
        let book = HoursBook(tx)
        for clock in clocks where clock.isOpen && clock.metric != .resolution {
            var stopped = clock
            let facts = stopped.stop(at: entry.at, by: try book.hours(of: clock))
            try save(stopped, before: clock, facts, of: ticket, in: tx)
        }
    }

    /// Who asked waits for an answer again, unless one is awaited already.
    private static func asked(
        _ ticket: Ticket, _ id: Int, _ clocks: [Clock], in tx: WriteTransaction
    ) throws {
        let isAwaited = clocks.contains { $0.isOpen && $0.metric != .resolution }
        guard !isAwaited, ticket.state.isOpen || ticket.state == .resolved,
            try wasAnswered(ticket, id, in: tx),
            let sla = try SLA.holding(for: ticket, in: tx)
        else { return }
        let cycle = clocks.filter { $0.metric == .update }.count + 1
        try start(
            .update, cycle: cycle, of: ticket, sla, at: tx.now, reason: "message", HoursBook(tx),
            in: tx)
    }

    private static func wasAnswered(
        _ ticket: Ticket, _ id: Int, in tx: ReadTransaction
    ) throws -> Bool {
        guard try origin(of: id, in: tx) == .new else { return true }
        let askers = try MoveWriter.askers(of: ticket, in: tx).sorted() + [""]
        let places = askers.map { _ in "?" }.joined(separator: ", ")
        return try tx.row(
            """
            SELECT id FROM ticketing_entry
            WHERE ticket_id = ? AND kind = ? AND author NOT IN (\(places))
                AND author NOT LIKE 'plugin:%' AND author NOT LIKE 'trigger:%' LIMIT 1
            """, arguments: [id, Entry.Kind.message.rawValue] + askers) != nil
    }

    /// The state in which a ticket came here.
    private static func origin(of id: Int, in tx: ReadTransaction) throws -> TicketState {
        try tx.row("SELECT came_as FROM ticketing_ticket WHERE id = ?", id)?.word("came_as") ?? .new
    }

    // MARK: - States

    private static func follow(
        _ clock: inout Clock, from old: Ticket, to new: Ticket, at now: Instant, by book: HoursBook
    ) throws -> [ClockFact] {
        let hours = try book.hours(of: clock)
        switch ClockRules.effect(of: new, on: clock, at: now) {
        case .cancel: return clock.cancel(at: now, by: hours)
        case .stop(let end): return clock.stop(at: end, by: hours)
        case .turn(let counts):
            let reason = ClockRules.reason(from: old.state, to: new.state, new.holdReason)
            return clock.turn(counts: counts, reason, at: now, by: hours)
        }
    }

    // MARK: - Terms

    /// Takes the terms of the SLA that holds for a ticket over to its open clocks.
    ///
    /// A metric that has no target any more is cancelled; one that has its first target starts with
    /// the ticket and counts its states so far, as if it had been there from the beginning.
    private static func judge(
        _ ticket: Ticket, _ id: Int, because reason: String, _ book: HoursBook,
        in tx: WriteTransaction
    ) throws {
        let sla = try SLA.holding(for: ticket, in: tx)
        let clocks = try ClockWriter.clocks(of: id, in: tx)
        for clock in clocks where clock.isOpen {
            var judged = clock
            let facts: [ClockFact]
            let old = try book.hours(of: clock)
            if let sla, let terms = try terms(clock.metric, of: ticket, sla, in: tx) {
                facts = judged.hold(
                    to: terms, counts: !terms.pauseOn.contains(ticket.state), reason, at: tx.now,
                    by: old, then: try book.hours(of: terms.calendar))
            } else {
                facts = judged.cancel(at: tx.now, by: old)
            }
            try save(judged, before: clock, facts, of: ticket, in: tx)
        }
        guard let sla else { return }
        for metric in ClockRules.metrics(ofWhatCameAs: try origin(of: id, in: tx)) {
            // Who has had an answer, or has the solution, waits for no first answer.
            if metric == .response, try ticket.state == .resolved || wasAnswered(ticket, id, in: tx)
            {
                continue
            }
            let known = clocks.filter { $0.metric == metric }
            if known.isEmpty {
                try start(
                    metric, of: ticket, sla, through: StateMove.all(of: ticket, in: tx),
                    reason: "opened", book, in: tx)
            } else if let last = known.last, last.state == .cancelled {
                try resume(last, of: ticket, sla, because: reason, book, in: tx)
            }
        }
    }

    /// Goes on with a clock that had no target for a while: what it had counted stays.
    private static func resume(
        _ clock: Clock, of ticket: Ticket, _ sla: SLA, because reason: String, _ book: HoursBook,
        in tx: WriteTransaction
    ) throws {
        guard let terms = try terms(clock.metric, of: ticket, sla, in: tx) else { return }
        var resumed = clock
        resumed.revive(
            with: terms, counts: !terms.pauseOn.contains(ticket.state), reason, at: tx.now,
            by: try book.hours(of: terms.calendar))
        try save(resumed, before: clock, [], of: ticket, in: tx)
    }

    private static func terms(
        _ metric: Clock.Metric, of ticket: Ticket, _ sla: SLA, in tx: ReadTransaction
    ) throws -> ClockTerms? {
        guard let target = sla.target(metric, priority: ticket.priority) else { return nil }
        let calendar = try target.calendar.flatMap {
            try Calendar.load($0.description, in: tx)
        }
        return ClockTerms(
            sla: sla.id, slaName: sla.name, targetMs: target.targetMs, calendar: calendar?.id,
            calendarGeneration: calendar?.generation, warnPct: target.warnPct ?? 75,
            pauseOn: target.pauses)
    }

    private static func start(
        _ metric: Clock.Metric, cycle: Int = 1, of ticket: Ticket, _ sla: SLA,
        at start: Instant? = nil, through moves: [StateMove] = [], reason: String,
        _ book: HoursBook, in tx: WriteTransaction
    ) throws {
        guard let terms = try terms(metric, of: ticket, sla, in: tx) else { return }
        let hours = try book.hours(of: terms.calendar)
        let first = moves.first?.from ?? ticket.state
        var clock = Clock.started(
            metric, cycle: cycle, onTicket: try TicketWriter.id(of: ticket.key, in: tx), ticket.key,
            id: try tx.nextID("clock"), terms: terms, at: start ?? ticket.createdAt, by: hours,
            counts: !terms.pauseOn.contains(first), reason: reason)
        let facts = clock.follow(moves, at: tx.now, by: hours)
        try ClockWriter.insert(clock, in: tx)
        try announce(facts, clock, ticket, in: tx)
    }

    private static func cause(of old: Ticket, _ new: Ticket) -> String {
        if old.priority != new.priority { return "priority \(new.priority)" }
        return old.queue != new.queue ? "queue \(new.queue ?? "none")" : "labels"
    }

    // MARK: - Calendars

    /// Counts the open clocks of a calendar again, by its new hours.
    static func recompute(
        _ calendar: Calendar, _ hours: WorkHours, in tx: WriteTransaction
    ) throws {
        var last = 0
        let book = HoursBook(tx)
        while true {
            let clocks = try ClockWriter.open(by: calendar.id, after: last, limit: 500, in: tx)
            guard let end = clocks.last else { return }
            for clock in clocks {
                var counted = clock
                let facts = counted.recount(
                    by: hours, calendar: calendar.id, generation: calendar.generation,
                    own: clock.terms.calendar == calendar.id ? hours : try book.hours(of: clock),
                    at: tx.now)
                try save(counted, before: clock, facts, in: tx)
            }
            last = end.id
        }
    }

    /// Judges all clocks of a ticket anew, those that have ended too, by the SLA that holds now.
    static func rejudge(_ ticket: Ticket, because reason: String, in tx: WriteTransaction) throws {
        let book = HoursBook(tx)
        let id = try TicketWriter.id(of: ticket.key, in: tx)
        // On a ticket that is over, nothing starts any more.
        if ticket.state.isOpen || ticket.state == .resolved {
            try judge(ticket, id, because: "recomputed", book, in: tx)
        }
        let sla = try SLA.holding(for: ticket, in: tx)
        for clock in try ClockWriter.clocks(of: id, in: tx) where clock.state != .cancelled {
            var judged = clock
            var terms = clock.terms
            if let sla, let now = try self.terms(clock.metric, of: ticket, sla, in: tx) {
                terms = now
            }
            // What was counted by a calendar that is gone can only stay as it was counted.
            guard let hours = try book.hoursThatAre(of: terms.calendar) else { continue }
            judged.judgeAnew(by: terms, at: tx.now, hours: hours)
            try save(judged, before: clock, [], of: ticket, in: tx)
        }
        _ = try TicketWriter.append(.system, "SLA recomputed: \(reason)", to: ticket, in: tx)
        try tx.audit("sla.recomputed", ticket.ref, before: nil, after: ["reason": .string(reason)])
        try tx.announce("sla.recomputed", ticket.ref, .object(TicketWriter.identity(ticket)))
    }

    // MARK: - What came due

    /// Warnings and breaches.
    static let due = DueWatch.Work(
        reason: "what came due by an SLA", next: { try ClockWriter.next(in: $0) },
        settle: { { tx in try settle(limit: DueWatch.batch, in: tx) } })

    /// Takes note of what came due, so many clocks at most.
    ///
    /// - Returns: How many there were.
    static func settle(limit: Int, in tx: WriteTransaction) throws -> Int {
        let clocks = try ClockWriter.due(before: tx.now, limit: limit, in: tx)
        for clock in clocks {
            var settled = clock
            let facts = settled.settle(at: tx.now)
            try save(settled, before: clock, facts, in: tx)
        }
        return clocks.count
    }

    private static func save(
        _ clock: Clock, before old: Clock, _ facts: [ClockFact], of ticket: Ticket? = nil,
        in tx: WriteTransaction
    ) throws {
        try ClockWriter.update(old, to: clock, in: tx)
        guard !facts.isEmpty, let ticket = try ticket ?? TicketWriter.load(clock.ticket, in: tx)
        else { return }
        try announce(facts, clock, ticket, in: tx)
    }

    private static func announce(
        _ facts: [ClockFact], _ clock: Clock, _ ticket: Ticket, in tx: WriteTransaction
    ) throws {
        for fact in facts {
            var event = TicketWriter.identity(ticket)
            event["key"] = .string(ticket.key)
            event["clock"] = .string(Ref("clock", clock.id).description)
            event["sla"] = .string(clock.terms.slaName)
            event["metric"] = .string(clock.metric.rawValue)
            event["due_at"] = clock.dueAt.map { .string($0.description) } ?? .null
            switch fact {
            case .warning:
                try tx.announce("sla.warning", ticket.ref, .object(event))
            case .breached:
                event["breached_at"] = clock.breachedAt.map { .string($0.description) } ?? .null
                event["late"] = .bool(clock.isLate)
                try tx.announce("sla.breached", ticket.ref, .object(event))
                let due = clock.breachedAt?.description ?? ""
                _ = try TicketWriter.append(
                    .system, "SLA \(clock.terms.slaName): \(clock.metric.rawValue) was due \(due)",
                    to: ticket, in: tx)
            }
            let topic = fact == .warning ? "sla.warning" : "sla.breached"
            try tx.audit(topic, ticket.ref, before: nil, after: .object(event))
        }
    }
}
