internal import OpsCore
internal import OpsJSONRPC

/// Opens a ticket: `ticket.create`.
struct CreateTicket: Method {
    static let name = "ticket.create"
    static let summary = "Opens a ticket: an incident, a request, a problem or a change."
    static let effect = Effect.write
    static let mindsOwner = true
    typealias Result = Ticket

    @Param("One line that says what it is about.", .positional, .length(1...200))
    var title: String
    @Param("What kind of ticket.")
    var kind: TicketKind = .incident
    @Param("All that is known.", .length(0...100_000))
    var description: String = ""
    @Param("How many are affected: 1 all, 2 a group, 3 one.", .range(1...3))
    var impact: Int = 3
    @Param("How long it can wait: 1 not at all, 2 some hours, 3 longer.", .range(1...3))
    var urgency: Int = 3
    @Param("The priority, 1 to 5, where impact and urgency do not say it.", .present(.range(1...5)))
    var priority: Int?
    @Param("Why the priority is another one.", .present(.length(1...1000)))
    var priorityReason: String?
    @Param(
        "Who asks; of a request or a change the caller when left out.", .present(.length(1...200)))
    var requester: String?
    @Param("Who is to work on it.", .present(.length(1...200)))
    var assignee: String?
    @Param("The queue, by ref or name.")
    var queue: String?
    @Param("Labels to find it by.")
    var labels: [String: String] = [:]
    @Param("Values of the fields that the settings define.")
    var fields: JSON.Object = [:]
    @Param("What it is about, such as items; each is linked as affects.", .example("ci:7"))
    var items: [Ref] = []
    @Param("How it came in.")
    var channel: Channel = .api
    @Param(
        "What it came from; a second call with the same answers the ticket that there is.",
        .present(.length(1...200)))
    var source: String?
    @Param("A template for what is not said here.", .present(.length(1...200)))
    var template: String?
    @Given var given: JSON.Object
}

/// Shows a ticket: `ticket.get`.
struct GetTicket: Method {
    static let name = "ticket.get"
    static let summary = "Shows a ticket with its timeline, its links and where it can go."
    static let effect = Effect.read
    static let mindsOwner = true
    typealias Result = TicketPage

    @Param("The ticket's key or ref.", .positional, .example("INC-142"))
    var ticket: String
    @Param("How many lines of the timeline to answer at most, the newest.", .range(0...1000))
    var limit: Int = 50
}

/// Lists tickets: `ticket.list`.
struct ListTickets: Method {
    static let name = "ticket.list"
    static let summary = "Lists tickets, the newest or the most urgent first."
    static let effect = Effect.read
    static let mindsOwner = true
    static let columns = ["key", "priority", "state", "title", "queue", "assignee", "updated_at"]
    typealias Result = Page<TicketRow>

    /// The order of the list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case newest, priority
    }

    @Param("Only tickets of this kind.")
    var kind: TicketKind?
    @Param("Only tickets in this state.")
    var state: TicketState?
    @Param("Only tickets that are open, or only those that are not.")
    var open: Bool?
    @Param("Only tickets of this priority.", .present(.range(1...5)))
    var priority: Int?
    @Param("Only tickets of this queue, by ref or name.")
    var queue: String?
    @Param("Only tickets of this assignee; @me is who asks.")
    var assignee: String?
    @Param("Only tickets of this requester; @me is who asks.")
    var requester: String?
    @Param("The order: the newest first, or the most urgent, the oldest of them first.")
    var sort: Order = .newest
    @Param("A view, for what is not said here; view.run has its columns, too.")
    var view: String?
    @Param("How many tickets to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
    @Given var given: JSON.Object
}

/// Changes what is given: `ticket.update`.
struct UpdateTicket: Method {
    static let name = "ticket.update"
    static let summary = "Changes the given members of a ticket; an empty text removes one."
    static let effect = Effect.write
    typealias Result = Ticket

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("One line that says what it is about.", .present(.length(1...200)))
    var title: String?
    @Param("All that is known.", .present(.length(0...100_000)))
    var description: String?
    @Param("How many are affected, 1 to 3.", .present(.range(1...3)))
    var impact: Int?
    @Param("How long it can wait, 1 to 3.", .present(.range(1...3)))
    var urgency: Int?
    @Param("The priority, 1 to 5; 0 takes what impact and urgency say.", .present(.range(0...5)))
    var priority: Int?
    @Param("Why the priority is another one.", .present(.length(1...1000)))
    var priorityReason: String?
    @Param("Who asks.", .present(.length(0...200)))
    var requester: String?
    @Param("The labels, all of them.")
    var labels: [String: String]?
    @Param("Values of the fields that the settings define; null takes one away.")
    var fields: JSON.Object?
    @Param("Of a problem: what is at the bottom of it.", .present(.length(0...100_000)))
    var rootCause: String?
    @Param("Of a problem: how one lives with it.", .present(.length(0...100_000)))
    var workaround: String?
    @Param("Of a problem: whether its cause or a workaround is known.")
    var knownError: Bool?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// Moves a ticket to another state: `ticket.transition`.
struct TransitionTicket: Method {
    static let name = "ticket.transition"
    static let summary = "Moves a ticket to another state; ticket.get says to which it can go."
    static let effect = Effect.write
    static let errors = [illegalTransition, notReady]
    typealias Result = Ticket

    static let illegalTransition = ErrorDeclaration(
        code: 2010, kind: "illegal_transition",
        message: "The ticket cannot go there from where it stands; the hint names the moves.")
    static let notReady = ErrorDeclaration(
        code: 2011, kind: "not_ready",
        message: "Something is missing before the ticket can go there; the fields name it.")

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("The new state.", .positional)
    var to: TicketState
    @Param("What it waits for, on hold.")
    var holdReason: HoldReason?
    @Param("What was done, or why nothing is; for resolved.", .present(.length(1...100_000)))
    var resolution: String?
    @Param("How it came that it is resolved; fixed when left out.")
    var resolutionCode: ResolutionCode?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// Gives a ticket to somebody: `ticket.assign`.
struct AssignTicket: Method {
    static let name = "ticket.assign"
    static let summary = "Gives a ticket to somebody or to a queue; an empty text takes it away."
    static let effect = Effect.write
    typealias Result = Ticket

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("Who is to work on it.", .positional, .present(.length(0...200)))
    var assignee: String?
    @Param("The queue, by ref or name.")
    var queue: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// Links a ticket to what it is about: `ticket.link`.
struct LinkTicket: Method {
    /// How a ticket stands to another record.
    enum Relation: String, Codable, CaseIterable, Sendable {
        case affects
        case causedBy = "caused_by"
        case resolvedBy = "resolved_by"
        case duplicateOf = "duplicate_of"
        case childOf = "child_of"
        case relatesTo = "relates_to"
    }

    static let name = "ticket.link"
    static let summary =
        "Links a ticket to an item or to another ticket; link.delete takes it away."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Link

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("How the two belong together.", .positional)
    var relation: Relation
    @Param("The other record.", .positional, .example("ci:7"))
    var to: Ref
}

/// Adds to a ticket's timeline: `ticket.comment`.
struct CommentTicket: Method {
    static let name = "ticket.comment"
    static let summary =
        "Adds to a ticket's timeline: a message, or a note for those who work on it."
    static let effect = Effect.write
    static let mindsOwner = true
    typealias Result = Entry

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("What there is to say.", .positional, .present(.length(1...100_000)))
    var body: String?
    @Param("A template that says it.", .present(.length(1...200)))
    var template: String?
    @Param("Only for those who work on it.")
    var note: Bool = false
    @Param("The time worked.", .present(.range(0...31_536_000_000)))
    var workMs: Int?
}

/// Reads a ticket's timeline: `ticket.timeline`.
struct TicketTimeline: Method {
    static let name = "ticket.timeline"
    static let summary = "Reads a ticket's timeline, the oldest line first."
    static let effect = Effect.read
    static let mindsOwner = true
    static let columns = ["at", "kind", "author", "body", "work_ms"]
    typealias Result = Page<Entry>

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("How many lines to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
