internal import OpsCore
internal import OpsJSONRPC

/// Shows a ticket with all that matters around it: `ticket.context`.
struct ShowTicketContext: Method {
    static let name = "ticket.context"
    static let summary = "Shows a ticket with all that matters around it, from every plugin."
    static let effect = Effect.read
    static let commandName: String? = "ticket.show"
    typealias Result = TicketContext

    @Param("The ticket's key or ref.", .positional, .example("INC-142"))
    var ticket: String
    @Param("How many lines of the timeline to answer at most, the newest.", .range(0...1000))
    var limit: Int = 10
    @Param("How many similar tickets to answer at most.", .range(0...20))
    var similar: Int = 3
    @Param("How far back a change counts, before the ticket.", .range(0...31_536_000_000))
    var changesWithinMs: Int = 604_800_000
}

/// A ticket with all that matters around it.
struct TicketContext: Codable, Sendable {
    var ticket: Ticket
    /// Where it may go from here.
    var nextStates: [TicketState]
    /// The newest lines of its timeline, the oldest of them first.
    var timeline: [Entry]
    /// The time worked on it, in milliseconds.
    var workMs: Int
    /// What it affects.
    var affects: [Ref]
    /// Changes of the same items and of what they stand on, the one that was begun last first.
    var changes: [RelatedChange]
    /// Tickets like it that were solved, the most similar first.
    var similar: [RelatedTicket]
    /// What other plugins say about the affected records.
    var contributions: [Contribution]
    /// What other plugins would have said, and why they do not.
    var missing: [Contributions.Gap]
}

/// Another ticket on a context page.
struct RelatedTicket: Codable, Sendable, Equatable {
    var ref: Ref
    var key: String
    var kind: String
    var title: String
    var state: String
    /// How it was solved.
    var resolution: String?
    /// Why it stands here.
    var reason: String
    var createdAt: Instant
    var updatedAt: Instant
}

/// A change on a context page.
struct RelatedChange: Codable, Sendable, Equatable {
    var ref: Ref
    var key: String
    var title: String
    var state: TicketState
    var type: ChangeType
    /// When it was begun or is to be; else when it was over or opened.
    var at: Instant
    var windowFrom: Instant?
    var windowTo: Instant?
    var outcome: Change.Outcome?
    /// Whether it was begun within a day before the incident, on what the incident affects.
    var suspect: Bool
    /// Why it stands here.
    var reason: String

    /// Reads a row of `ticketing_change` with its ticket and its beginning.
    init(row: Row, reason: String, among suspects: Set<String>) throws {
        key = try row.text("key")
        ref = Ticket.ref(key)
        title = try row.text("title")
        state = try row.word("state")
        type = try row.word("type")
        at = try row.instant("begun_at")
        windowFrom = try row.optionalInstant("window_from")
        windowTo = try row.optionalInstant("window_to")
        outcome = try row.optionalWord("outcome")
        suspect = suspects.contains(key)
        self.reason = reason
    }
}
