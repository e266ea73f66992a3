internal import OpsCore
internal import OpsJSONRPC

/// `sla.explain`.
struct ExplainSLA: Method {
    static let name = "sla.explain"
    static let summary = "Shows how a ticket's clocks came to where they stand, stretch by stretch."
    static let effect = Effect.read
    static let columns = ["metric", "cycle", "from", "to", "counts", "work_ms", "sum_ms", "reason"]
    typealias Result = SLAExplanation

    @Param("The ticket's key or ref.", .positional, .example("INC-142"))
    var ticket: String
    @Param("Only the clocks of this metric.")
    var metric: Clock.Metric?
}

/// `sla.status`.
struct ShowSLAStatus: Method {
    static let name = "sla.status"
    static let summary = "Counts the clocks of each SLA: what runs, what was kept, what was not."
    static let effect = Effect.read
    static let columns = [
        "sla", "metric", "running", "paused", "overdue", "met", "breached", "met_pct",
    ]
    typealias Result = SLAStatus

    @Param("Since when clocks that have ended count; the last 30 days when left out.")
    var from: Instant?
}

/// `sla.clock.list`.
struct ListClocks: Method {
    static let name = "sla.clock.list"
    static let summary = "Lists clocks, the one that is due first on top."
    static let effect = Effect.read
    static let columns = ["ticket", "metric", "state", "due_at", "remaining_ms", "sla", "late"]
    typealias Result = Page<ClockView>

    @Param("The clocks in this state.")
    var state: Clock.State = .running
    @Param("Only those that have ended, or only those that have not.")
    var open: Bool?
    @Param("Only this metric.")
    var metric: Clock.Metric?
    @Param("How many clocks to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `sla.recompute`.
struct RecomputeSLA: Method {
    static let name = "sla.recompute"
    static let summary = "Judges a ticket anew by the SLA that holds for it now."
    static let effect = Effect.write
    typealias Result = Page<ClockView>

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("Why; it stands in the ticket's timeline.", .length(1...1000))
    var reason: String
}

/// What the clocks add to the plugin.
enum ClockMethods {
    static let declarations = [
        MethodDeclaration(ExplainSLA.self), MethodDeclaration(ShowSLAStatus.self),
        MethodDeclaration(ListClocks.self), MethodDeclaration(RecomputeSLA.self),
    ]

    static let events = [
        EventDeclaration(
            "sla.warning",
            "Most of the time that something may take on a ticket is gone: ticket, key, kind, title, "
                + "priority, queue, assignee, clock, sla, metric, due_at."),
        EventDeclaration("sla.recomputed", "A ticket's clocks were judged anew by hand."),
        EventDeclaration(
            "sla.breached",
            "Something on a ticket took too long: as sla.warning, and breached_at, late."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: ClockDesk) {
        methods.handle(ExplainSLA.self) { _, params in try await desk.explain(params) }
        methods.handle(ShowSLAStatus.self) { _, params in try await desk.status(params) }
        methods.handle(ListClocks.self) { _, params in try await desk.clocks(params) }
        methods.handle(RecomputeSLA.self) { call, params in
            try await desk.recompute(params, for: call)
        }
    }
}
