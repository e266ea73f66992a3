internal import OpsCore
internal import OpsJSONRPC

/// `change.create`.
struct CreateChange: Method {
    static let name = "change.create"
    static let summary = "Plans a change: a ticket of that kind with what has to be known of it."
    static let effect = Effect.write
    typealias Result = ChangePage

    @Param("One line that says what is changed.", .positional, .length(1...200))
    var title: String
    @Param("How much it has to go through.")
    var type: ChangeType = .normal
    @Param("The model that a standard change follows, by ref or name.", .present(.length(1...200)))
    var model: String?
    @Param("What it touches.")
    var items: [Ref] = []
    @Param("All that is known.", .length(0...100_000))
    var description: String = ""
    @Param("Why it is made.", .present(.length(0...100_000)))
    var reason: String?
    @Param("What is done.", .present(.length(0...100_000)))
    var plan: String?
    @Param("How it is undone.", .present(.length(0...100_000)))
    var backoutPlan: String?
    @Param("How one sees that it works.", .present(.length(0...100_000)))
    var testPlan: String?
    @Param("When it may begin.")
    var windowFrom: Instant?
    @Param("When it has to be over.")
    var windowTo: Instant?
    @Param("Whether something stands still meanwhile.")
    var outage: Bool = false
    @Param(
        "Until when it has to be looked at afterwards; an emergency change gets seven days after its "
            + "window, or after now.")
    var reviewDueAt: Instant?
    @Param("How many are affected: 1 all, 2 a group, 3 one.", .range(1...3))
    var impact: Int = 3
    @Param("How long it can wait: 1 not at all, 2 some hours, 3 longer.", .range(1...3))
    var urgency: Int = 3
    @Param("Who asks for it; the caller when left out.", .present(.length(1...200)))
    var requester: String?
    @Param("Who makes it.", .present(.length(1...200)))
    var assignee: String?
    @Param("The queue, by ref or name.", .present(.length(1...200)))
    var queue: String?
    @Param("Labels to find it by.")
    var labels: [String: String] = [:]
}

/// `change.get`.
struct GetChange: Method {
    static let name = "change.get"
    static let summary = "Shows a change, what is missing to schedule it, and what broke after it."
    static let effect = Effect.read
    typealias Result = ChangePage

    @Param("The change's key or ref.", .positional, .example("CHG-7"))
    var change: String
}

/// `change.list`.
struct ListChanges: Method {
    static let name = "change.list"
    static let summary = "Lists changes, the newest first."
    static let effect = Effect.read
    static let columns = [
        "key", "state", "type", "risk", "title", "window_from", "window_to", "outcome",
    ]
    typealias Result = Page<ChangeRow>

    @Param("Only changes in this state.")
    var state: TicketState?
    @Param("Only changes of this type.")
    var type: ChangeType?
    @Param("Only changes that are open, or only those that are not.")
    var open: Bool?
    @Param("Only changes that should have been looked at by now and were not.")
    var reviewOverdue: Bool = false
    @Param("How many changes to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `change.update`.
struct UpdateChange: Method {
    static let name = "change.update"
    static let summary = "Changes what is planned; what was agreed to is then void."
    static let effect = Effect.write
    static let errors = [TransitionTicket.notReady]
    typealias Result = ChangePage

    @Param("The change's key or ref.", .positional)
    var change: String
    @Param("How much it has to go through; only while it is new.")
    var type: ChangeType?
    @Param("The model that a standard change follows, by ref or name.", .present(.length(0...200)))
    var model: String?
    @Param("What it touches, all of it.")
    var items: [Ref]?
    @Param("The risk, where the facts do not say it.")
    var risk: Change.Risk?
    @Param("Why the risk is another one.", .present(.length(1...1000)))
    var riskReason: String?
    @Param("Why it is made.", .present(.length(0...100_000)))
    var reason: String?
    @Param("What is done.", .present(.length(0...100_000)))
    var plan: String?
    @Param("How it is undone.", .present(.length(0...100_000)))
    var backoutPlan: String?
    @Param("How one sees that it works.", .present(.length(0...100_000)))
    var testPlan: String?
    @Param("When it may begin.")
    var windowFrom: Instant?
    @Param("When it has to be over.")
    var windowTo: Instant?
    @Param("Whether something stands still meanwhile.")
    var outage: Bool?
    @Param("How it went; once it is being made.")
    var outcome: Change.Outcome?
    @Param("Until when it has to be looked at afterwards.")
    var reviewDueAt: Instant?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// `change.risk`.
struct AssessChange: Method {
    static let name = "change.risk"
    static let summary = "Finds the risk of a change from facts, and keeps it."
    static let effect = Effect.write
    static let columns = ["fact", "points", "reason"]
    typealias Result = RiskPage

    @Param("The change's key or ref.", .positional)
    var change: String
}

/// `change.conflicts`.
struct ListChangeConflicts: Method {
    static let name = "change.conflicts"
    static let summary =
        "Lists what is in a change's way: freezes, and changes on the same or dependent items."
    static let effect = Effect.read
    static let columns = ["kind", "name", "title", "from", "to", "items"]
    typealias Result = ConflictPage

    @Param("The change's key or ref.", .positional)
    var change: String
    @Param("Another time than its window, from here on.")
    var from: Instant?
    @Param("The end of that time.")
    var to: Instant?
}

/// What is in a change's way, as `change.conflicts` answers.
struct ConflictPage: Codable, Sendable {
    var items: [ChangeConflict]
    /// What could not be found out, and why.
    var gaps: [String]
}

/// `change.calendar`.
struct ShowChangeCalendar: Method {
    static let name = "change.calendar"
    static let summary = "Shows the changes and freezes of a time, also as an iCalendar text."
    static let effect = Effect.read
    static let columns = ["from", "to", "kind", "name", "title", "state", "risk"]
    typealias Result = ChangeCalendar

    @Param("From when on; now when left out.")
    var from: Instant?
    @Param("Until when; 30 days later when left out.")
    var to: Instant?
    @Param("How it is shown: as a table, or in iCalendar's language.")
    var format: ChangeCalendar.Format = .table
    @Param("How many changes and freezes to answer at most.", .range(1...10_000))
    var limit: Int = 1000
}

/// What the changes add to the plugin.
enum ChangeMethods {
    static let declarations = [
        MethodDeclaration(CreateChange.self), MethodDeclaration(GetChange.self),
        MethodDeclaration(ListChanges.self), MethodDeclaration(UpdateChange.self),
        MethodDeclaration(AssessChange.self), MethodDeclaration(ListChangeConflicts.self),
        MethodDeclaration(ShowChangeCalendar.self),

    ]

    static let events = [
        EventDeclaration(
            "change.updated",
            "What is planned was changed: the ticket's members, as ticket.updated."),
        EventDeclaration("change.assessed", "The risk of a change was found."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: ChangeDesk) {
        methods.handle(CreateChange.self) { call, wish in try await desk.create(wish, for: call) }
        methods.handle(GetChange.self) { _, params in try await desk.get(params.change) }
        methods.handle(ListChanges.self) { _, params in try await desk.list(params) }
        methods.handle(UpdateChange.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(AssessChange.self) { call, params in
            try await desk.assess(params.change, for: call)
        }
        methods.handle(ListChangeConflicts.self) { _, params in try await desk.conflicts(params) }
        methods.handle(ShowChangeCalendar.self) { _, params in try await desk.calendar(params) }
    }
}
