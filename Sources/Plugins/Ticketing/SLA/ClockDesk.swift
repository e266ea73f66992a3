internal import OpsCore
internal import OpsJSONRPC

/// Tells where the clocks stand.
struct ClockDesk: Sendable {
    let store: Store
    let time: any TimeSource

    func explain(_ params: ExplainSLA) async throws -> SLAExplanation {
        let now = time.now()
        return try await store.read { tx in
            let ticket = try TicketWriter.find(params.ticket, in: tx)
            let book = HoursBook(tx)
            let clocks = try ClockWriter.clocks(
                of: TicketWriter.id(of: ticket.key, in: tx), in: tx
            ).filter { params.metric == nil || params.metric == $0.metric }
            return SLAExplanation(
                ticket: ticket.key,
                clocks: try clocks.map { ClockView($0, at: now, by: try book.hours(of: $0)) },
                items: try clocks.flatMap { try Self.stretches($0, now, book) })
        }
    }

    private static func stretches(
        _ clock: Clock, _ now: Instant, _ book: HoursBook
    ) throws -> [SLAExplanation.Stretch] {
        var sum = 0
        return try clock.segments.map { segment in
            let isGoingOn = segment.counts && segment.to == nil
            let work =
                isGoingOn
                ? try book.hours(of: segment.calendar).workMs(from: segment.from, to: now)
                : segment.workMs
            sum += work
            return SLAExplanation.Stretch(
                metric: clock.metric, cycle: clock.cycle, from: segment.from, to: segment.to,
                counts: segment.counts, reason: segment.reason, workMs: work, sumMs: sum,
                calendar: segment.calendar.map(Calendar.ref),
                calendarGeneration: segment.calendarGeneration)
        }
    }

    func clocks(_ params: ListClocks) async throws -> Page<ClockView> {
        let now = time.now()
        let question = try ClockQuestion(params)
        return try await store.read { tx in
            let found = try ClockWriter.clocks(question.sql, question.arguments, in: tx)
            let page = found.prefix(params.limit)
            let book = HoursBook(tx)
            return Page(
                items: try page.map { ClockView($0, at: now, by: try book.hours(of: $0)) },
                nextCursor: found.count > page.count ? page.last.map(ClockQuestion.cursor) : nil)
        }
    }

    func status(_ params: ShowSLAStatus) async throws -> SLAStatus {
        let from = params.from ?? time.now() - .seconds(30 * 86_400)
        return try await store.read { tx in
            let rows = try tx.rows(
                """
                SELECT sla_name, metric, state, stopped_at IS NULL AS is_open, COUNT(*) AS n
                FROM ticketing_clock
                WHERE (stopped_at IS NULL OR stopped_at >= ?) AND state <> ?
                GROUP BY sla_name, metric, state, stopped_at IS NULL
                ORDER BY sla_name, metric
                """, from, Clock.State.cancelled.rawValue)
            var lines: [SLAStatus.Line] = []
            for row in rows {
                let (sla, metric) = (
                    try row.text("sla_name"), try row.word("metric") as Clock.Metric
                )
                if (lines.last?.sla, lines.last?.metric) != (sla, metric) {
                    lines.append(SLAStatus.Line(sla: sla, metric: metric))
                }
                try lines[lines.count - 1].count(row)
            }
            return SLAStatus(from: from, items: lines, nextAt: try ClockWriter.next(in: tx))
        }
    }

    func recompute(_ params: RecomputeSLA, for call: Call) async throws -> Page<ClockView> {
        try await call.write(to: store) { tx in
            let ticket = try TicketWriter.find(params.ticket, in: tx)
            try TicketClocks.rejudge(ticket, because: params.reason, in: tx)
            return Page(items: try ClockView.all(of: ticket, at: tx.now, in: tx))
        }
    }
}

extension ClockView {
    /// The clocks of a ticket.
    static func all(
        of ticket: Ticket, at now: Instant, in tx: ReadTransaction
    ) throws -> [ClockView] {
        let book = HoursBook(tx)
        return try ClockWriter.clocks(of: TicketWriter.id(of: ticket.key, in: tx), in: tx).map {
            ClockView($0, at: now, by: try book.hours(of: $0))
        }
    }
}

extension SLAStatus.Line {
    fileprivate mutating func count(_ row: Row) throws {
        let n = try row.int("n")
        switch try row.word("state") as Clock.State {
        case .running: running += n
        case .paused: paused += n
        case .met: met += n
        case .breached where try row.bool("is_open"): overdue += n
        case .breached: breached += n
        case .cancelled: break
        }
        let judged = met + breached + overdue
        metPct = judged == 0 ? nil : Double(met * 10_000 / judged) / 100
    }
}
