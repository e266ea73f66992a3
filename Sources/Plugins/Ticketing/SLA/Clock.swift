internal import OpsCore
internal import OpsJSONRPC

/// How long something may take on a ticket, and how much of that is used.
///
/// ```
/// running <-> paused            the ticket waits, or is resolved and may come back
/// running  -> breached          the time is over; it is measured on until it is stopped
/// running | paused -> met       it was stopped in time
/// running | paused | breached -> cancelled
/// ```
///
/// The value knows no store and no time: every verb is told the instant and the hours. What was
/// counted stands in its ``segments``, each with its reason, so that how a clock came to its due
/// time can be told from the record alone.
struct Clock: Codable, Sendable, Equatable {
    /// What is measured.
    enum Metric: String, Codable, CaseIterable, Sendable {
        /// From the opening to the first answer to who asked.
        case response
        /// From a message of who asked to the next answer.
        case update
        /// From the opening to the solution.
        case resolution
    }

    /// Where the clock stands.
    enum State: String, Codable, CaseIterable, Sendable {
        case running, paused, met, breached, cancelled
    }

    var id: Int
    /// The ticket's number and key.
    var ticketID: Int
    var ticket: String
    var metric: Metric
    /// The how manyth clock of its metric on the ticket.
    var cycle: Int
    var terms: ClockTerms
    var state: State
    var startedAt: Instant
    var segments: [ClockSegment]
    /// When the time is over; nil while the clock is paused, and where nobody ever works.
    var dueAt: Instant?
    /// When there will be a warning.
    var warnAt: Instant?
    var warnedAt: Instant?
    var breachedAt: Instant?
    /// Whether the breach was noticed long after it happened, as when nothing was running.
    var isLate: Bool
    var stoppedAt: Instant?

    /// A breach that is noticed later than this is late.
    static let punctuality = Duration.seconds(60)
}

// MARK: - Asking

extension Clock {
    /// Whether something may still happen to it.
    var isOpen: Bool { stoppedAt == nil }

    /// When to look at it next; nil when nothing will happen by itself.
    ///
    /// What is stopped at the moment at which it is due is in time, so the time is over after it.
    var nextAt: Instant? {
        guard state == .running else { return nil }
        let over = dueAt.map { $0 + .milliseconds(1) }
        guard let warnAt else { return over }
        return over.map { min($0, warnAt) } ?? warnAt
    }

    /// How much has been counted, up to an instant.
    func elapsedMs(at now: Instant, by hours: WorkHours) -> Int {
        segments.reduce(0) { sum, segment in
            guard segment.counts else { return sum }
            guard segment.to == nil else { return sum + segment.workMs }
            return sum + hours.workMs(from: segment.from, to: now)
        }
    }
}

// MARK: - Living

extension Clock {
    /// Starts a clock, which counts from `start` on, or stands still from the beginning.
    static func started(
        _ metric: Metric, cycle: Int = 1, onTicket ticketID: Int, _ ticket: String, id: Int,
        terms: ClockTerms, at start: Instant, by hours: WorkHours, counts: Bool = true,
        reason: String
    ) -> Clock {
        var clock = Clock(
            id: id, ticketID: ticketID, ticket: ticket, metric: metric, cycle: cycle, terms: terms,
            state: .running, startedAt: start, segments: [], isLate: false)
        clock.append(counts, reason, at: start)
        clock.schedule(at: start, by: hours)
        return clock
    }

    /// Takes note of what came due before an instant, each thing once.
    ///
    /// The verbs below do this first, so that it makes no difference whether a timer or a person
    /// came first.
    mutating func settle(at now: Instant) -> [ClockFact] {
        guard state == .running else { return [] }
        var facts: [ClockFact] = []
        let isOver = dueAt.map { $0 < now } ?? false
        if let warnAt, warnAt <= now {
            warnedAt = warnAt
            self.warnAt = nil
            // A warning of what has happened already, as after a standstill, helps nobody.
            if !isOver { facts.append(.warning) }
        }
        if let dueAt, isOver {
            state = .breached
            breachedAt = dueAt
            warnAt = nil
            isLate = now - dueAt > Self.punctuality
            facts.append(.breached)
        }
        return facts
    }

    /// Stands still, or counts again; nothing when it does so already.
    mutating func turn(
        counts: Bool, _ reason: String, at now: Instant, by hours: WorkHours
    ) -> [ClockFact] {
        let facts = settle(at: now)
        guard isOpen, segments.last?.counts != counts else { return facts }
        close(at: now, by: hours)
        append(counts, reason, at: now)
        schedule(at: now, by: hours)
        return facts
    }

    /// Counts, or stands still, as a ticket that is opened by now was moved since the clock started.
    ///
    /// A breach that is found on the way is told now, and a warning of it not at all.
    mutating func follow(_ moves: [StateMove], at now: Instant, by hours: WorkHours) -> [ClockFact]
    {
        var facts: [ClockFact] = []
        for move in moves {
            let reason = ClockRules.reason(from: move.from, to: move.to, move.holdReason)
            facts += turn(counts: counts(in: move.to), reason, at: move.at, by: hours)
        }
        facts += settle(at: now)
        return told(facts, at: now)
    }

    /// Counts on as if it had never been ended, while hours were changed by which it counts.
    ///
    /// What came due by hours that held then stays so, as it would have; it is told now.
    mutating func catchUp(
        with changes: [HoursChange], by hours: WorkHours, at now: Instant
    ) -> [ClockFact] {
        let own = terms.calendar
        var ownHours = changes.first { $0.calendar == own }?.before ?? hours
        var facts: [ClockFact] = []
        for change in changes {
            if change.calendar == own { ownHours = change.after }
            facts += recount(
                by: change.after, calendar: change.calendar, generation: change.generation,
                own: ownHours, at: change.at)
        }
        facts += settle(at: now)
        return told(facts, at: now)
    }

    /// What is told of that which came due some time ago: of a breach nobody is warned any more.
    private mutating func told(_ facts: [ClockFact], at now: Instant) -> [ClockFact] {
        guard facts.contains(.breached), let breachedAt else { return facts }
        isLate = now - breachedAt > Self.punctuality
        return [.breached]
    }

    /// Whether it counts while a ticket is in a state.
    func counts(in state: TicketState) -> Bool { !terms.pauseOn.contains(state) }

    /// Takes other terms over; what was counted by the old ones stays counted.
    mutating func hold(
        to terms: ClockTerms, counts: Bool, _ reason: String, at now: Instant, by old: WorkHours,
        then hours: WorkHours
    ) -> [ClockFact] {
        let facts = settle(at: now)
        guard isOpen, terms != self.terms else { return facts }
        close(at: now, by: old)
        self.terms = terms
        append(counts, reason, at: now)
        schedule(at: now, by: hours)
        return facts
    }

    /// Ends in time or not, as of an instant that may be past.
    mutating func stop(at end: Instant, by hours: WorkHours) -> [ClockFact] {
        let facts = settle(at: end)
        guard isOpen else { return facts }
        close(at: end, by: hours)
        stoppedAt = end
        warnAt = nil
        if state != .breached { state = .met }
        return facts
    }

    /// Ends without a judgement, unless there is one.
    mutating func cancel(at now: Instant, by hours: WorkHours) -> [ClockFact] {
        let facts = settle(at: now)
        guard isOpen else { return facts }
        close(at: now, by: hours)
        stoppedAt = now
        warnAt = nil
        guard state != .breached else { return facts }
        dueAt = nil
        state = .cancelled
        return facts
    }

    /// Counts again by a calendar that was changed: all of its segments, and what is left by the
    /// clock's own hours, which may be those of another calendar by now.
    ///
    /// What came due by the old hours is settled before; a breach stays one.
    mutating func recount(
        by hours: WorkHours, calendar: Int, generation: Int, own: WorkHours, at now: Instant
    ) -> [ClockFact] {
        let facts = settle(at: now)
        guard state == .running || state == .paused else { return facts }
        for index in segments.indices where segments[index].calendar == calendar {
            segments[index].calendarGeneration = generation
            guard let end = segments[index].to, segments[index].counts else { continue }
            segments[index].workMs = hours.workMs(from: segments[index].from, to: end)
        }
        if terms.calendar == calendar { terms.calendarGeneration = generation }
        schedule(at: now, by: own)
        return facts
    }

    /// Goes on after it was cancelled; what was counted stays, the time between is not counted.
    mutating func revive(
        with terms: ClockTerms, counts: Bool, _ reason: String, at now: Instant,
        by hours: WorkHours
    ) {
        self.terms = terms
        stoppedAt = nil
        state = breachedAt == nil ? .running : .breached
        append(counts, reason, at: now)
        schedule(at: now, by: hours)
    }

    /// Forgets the judgement and finds it again from the segments, as if the terms and the hours had
    /// been these from the beginning.
    mutating func judgeAnew(by terms: ClockTerms, at now: Instant, hours: WorkHours) {
        self.terms = terms
        breachedAt = nil
        isLate = false
        var elapsed = 0
        for index in segments.indices {
            segments[index].calendar = terms.calendar
            segments[index].calendarGeneration = terms.calendarGeneration
            guard segments[index].counts else { continue }
            let segment = segments[index]
            let work = hours.workMs(from: segment.from, to: segment.to ?? now)
            if segment.to != nil { segments[index].workMs = work }
            if breachedAt == nil, elapsed + work > terms.targetMs {
                breachedAt = hours.instant(afterMs: terms.targetMs - elapsed, of: segment.from)
            }
            elapsed += work
        }
        state = breachedAt != nil ? .breached : isOpen ? .running : .met
        (dueAt, warnAt) = (breachedAt ?? end(by: hours), nil)
        if isOpen { schedule(at: now, by: hours) }
    }

    /// When the time would have been over, had the last stretch gone on; nil where it did not count.
    private func end(by hours: WorkHours) -> Instant? {
        guard let last = segments.last, last.counts else { return nil }
        let before = segments.dropLast().reduce(0) { $0 + ($1.counts ? $1.workMs : 0) }
        return hours.instant(afterMs: max(terms.targetMs - before, 0), of: last.from)
    }

    // MARK: - Segments

    private mutating func append(_ counts: Bool, _ reason: String, at now: Instant) {
        segments.append(
            ClockSegment(
                from: now, counts: counts, reason: reason, workMs: 0, calendar: terms.calendar,
                calendarGeneration: terms.calendarGeneration))
    }

    private mutating func close(at now: Instant, by hours: WorkHours) {
        guard let last = segments.indices.last, segments[last].to == nil else { return }
        // A ticket that is closed counts as solved when it was resolved, which may lie before.
        let end = max(now, segments[last].from)
        segments[last].to = end
        guard segments[last].counts else { return }
        segments[last].workMs = hours.workMs(from: segments[last].from, to: end)
    }

    /// Says when it is due, from what is left now.
    ///
    /// Where nothing is left, as when a target was shortened, it is due at this moment.
    private mutating func schedule(at now: Instant, by hours: WorkHours) {
        guard state == .running || state == .paused else { return }
        guard segments.last?.counts == true else {
            state = .paused
            (dueAt, warnAt) = (nil, nil)
            return
        }
        state = .running
        let elapsed = elapsedMs(at: now, by: hours)
        dueAt = hours.instant(afterMs: max(terms.targetMs - elapsed, 0), of: now)
        warnAt = nil
        guard warnedAt == nil, terms.warnPct < 100 else { return }
        let warning =
            terms.targetMs / 100 * terms.warnPct + terms.targetMs % 100 * terms.warnPct / 100
        warnAt = hours.instant(afterMs: max(warning - elapsed, 0), of: now)
    }
}
