internal import OpsCore
internal import OpsJSONRPC

/// `sla.create`.
struct CreateSLA: Method {
    static let name = "sla.create"
    static let summary = "Creates an SLA: how long answers, updates and solutions may take."
    static let effect = Effect.write
    typealias Result = SLA

    @Param("The SLA's unique name.", .positional, .length(1...100), .example("gold"))
    var name: String
    @Param("Of all that match a ticket, the one with the lowest rank holds.", .range(1...10_000))
    var rank: Int
    @Param(
        "The targets: {\"metric\": \"response\", \"target_ms\": 3600000, \"priority\": 1, "
            + "\"calendar\": \"calendar:1\", \"warn_pct\": 75, \"pause_on\": [\"on_hold\"]}.")
    var targets: [SLATarget]
    @Param("Only for tickets of this kind.")
    var kind: TicketKind?
    @Param("Only for these priorities.")
    var priorities: [Int] = []
    @Param("Only for tickets with these labels.")
    var labels: [String: String] = [:]
    @Param("Only for tickets of this queue, by ref or name.", .present(.length(1...200)))
    var queue: String?
    @Param("Whether it is looked at.")
    var active: Bool = true
    @Param("What it is for.", .length(0...4000))
    var description: String = ""
}

/// `sla.get`.
struct GetSLA: Method {
    static let name = "sla.get"
    static let summary = "Shows an SLA."
    static let effect = Effect.read
    typealias Result = SLA

    @Param("The SLA's ref or name.", .positional)
    var sla: String
}

/// `sla.list`.
struct ListSLAs: Method {
    static let name = "sla.list"
    static let summary = "Lists SLAs by rank, the one that is looked at first on top."
    static let effect = Effect.read
    static let columns = ["rank", "name", "active", "kind", "queue", "description"]
    typealias Result = Page<SLA>

    @Param("How many SLAs to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `sla.update`.
struct UpdateSLA: Method {
    static let name = "sla.update"
    static let summary =
        "Changes an SLA; tickets take it over with their next change, or by sla.recompute."
    static let effect = Effect.write
    typealias Result = SLA

    @Param("The SLA's ref or name.", .positional)
    var sla: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("A new rank.", .present(.range(1...10_000)))
    var rank: Int?
    @Param("The targets, all of them.")
    var targets: [SLATarget]?
    @Param("Only for these priorities.")
    var priorities: [Int]?
    @Param("Only for tickets with these labels.")
    var labels: [String: String]?
    @Param(
        "Only for tickets of this queue, by ref or name; of any with an empty text.",
        .present(.length(0...200)))
    var queue: String?
    @Param("Whether it is looked at.")
    var active: Bool?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// `sla.delete`.
struct DeleteSLA: Method {
    static let name = "sla.delete"
    static let summary = "Deletes an SLA; clocks that run by it go on."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The SLA's ref or name.", .positional)
    var sla: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}

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

/// What the SLAs add to the plugin.
enum SLAMethods {
    static let declarations = [
        MethodDeclaration(CreateSLA.self), MethodDeclaration(GetSLA.self),
        MethodDeclaration(ListSLAs.self), MethodDeclaration(UpdateSLA.self),
        MethodDeclaration(DeleteSLA.self), MethodDeclaration(ExplainSLA.self),
        MethodDeclaration(ShowSLAStatus.self), MethodDeclaration(ListClocks.self),
        MethodDeclaration(RecomputeSLA.self),
    ]

    static let events = [
        EventDeclaration("sla.created", "An SLA was created: sla, name."),
        EventDeclaration("sla.updated", "An SLA was changed."),
        EventDeclaration("sla.deleted", "An SLA was deleted."),
        EventDeclaration(
            "sla.warning",
            "Most of the time that something may take on a ticket is gone: ticket, key, kind, title, "
                + "priority, queue, assignee, clock, sla, metric, due_at."),
        EventDeclaration("sla.recomputed", "A ticket's clocks were judged anew by hand."),
        EventDeclaration(
            "sla.breached",
            "Something on a ticket took too long: as sla.warning, and breached_at, late."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: SLADesk) {
        methods.handle(CreateSLA.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetSLA.self) { _, params in try await desk.get(params.sla) }
        methods.handle(ListSLAs.self) { _, params in try await desk.list(params) }
        methods.handle(UpdateSLA.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(DeleteSLA.self) { call, params in
            try await desk.delete(params, for: call)
        }
        methods.handle(ExplainSLA.self) { _, params in try await desk.explain(params) }
        methods.handle(ShowSLAStatus.self) { _, params in try await desk.status(params) }
        methods.handle(ListClocks.self) { _, params in try await desk.clocks(params) }
        methods.handle(RecomputeSLA.self) { call, params in
            try await desk.recompute(params, for: call)
        }
    }
}
