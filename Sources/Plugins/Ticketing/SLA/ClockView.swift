internal import OpsCore
internal import OpsJSONRPC

/// A clock as callers see it, at one instant.
struct ClockView: Codable, Sendable {
    var ref: Ref
    /// The ticket's key.
    var ticket: String
    var metric: Clock.Metric
    /// The how manyth clock of its metric on the ticket.
    var cycle: Int
    /// The SLA's name.
    var sla: String
    var state: Clock.State
    var targetMs: Int
    /// What was counted.
    var elapsedMs: Int
    /// What is left; less than nothing after a breach.
    var remainingMs: Int
    var startedAt: Instant
    /// Absent while the clock is paused.
    var dueAt: Instant?
    var warnAt: Instant?
    var warnedAt: Instant?
    var breachedAt: Instant?
    var stoppedAt: Instant?
    /// Whether the breach was noticed long after it happened.
    var late: Bool

    init(_ clock: Clock, at now: Instant, by hours: WorkHours) {
        ref = Ref("clock", clock.id)
        ticket = clock.ticket
        metric = clock.metric
        cycle = clock.cycle
        sla = clock.terms.slaName
        state = clock.state
        targetMs = clock.terms.targetMs
        elapsedMs = clock.elapsedMs(at: now, by: hours)
        remainingMs = targetMs - elapsedMs
        startedAt = clock.startedAt
        dueAt = clock.dueAt
        warnAt = clock.warnAt
        warnedAt = clock.warnedAt
        breachedAt = clock.breachedAt
        stoppedAt = clock.stoppedAt
        late = clock.isLate
    }
}

/// How clocks came to where they stand, as `sla.explain` answers.
struct SLAExplanation: Codable, Sendable {
    /// A stretch of a clock.
    struct Stretch: Codable, Sendable {
        var metric: Clock.Metric
        var cycle: Int
        var from: Instant
        /// Absent while it goes on.
        var to: Instant?
        /// Whether the clock counted; what is outside of the hours is not counted all the same.
        var counts: Bool
        /// Why it began.
        var reason: String
        /// What was counted of it.
        var workMs: Int
        /// What was counted up to its end.
        var sumMs: Int
        /// The calendar that it was counted by, and which generation of it; absent for all hours.
        var calendar: Ref?
        var calendarGeneration: Int?
    }

    var ticket: String
    var clocks: [ClockView]
    /// The stretches of all clocks, clock by clock.
    var items: [Stretch]
}

/// How many clocks stand where, as `sla.status` answers.
struct SLAStatus: Codable, Sendable {
    /// The clocks of one metric of one SLA.
    struct Line: Codable, Sendable {
        var sla: String
        var metric: Clock.Metric
        var running = 0
        var paused = 0
        /// Breached, and not stopped yet.
        var overdue = 0
        /// Ended in time.
        var met = 0
        /// Ended too late.
        var breached = 0
        /// What was kept of what has ended or is overdue, in percent; absent when nothing is.
        var metPct: Double?
    }

    /// Since when clocks that have ended count.
    var from: Instant
    var items: [Line]
    /// When the next warning or breach comes by itself.
    var nextAt: Instant?
}
