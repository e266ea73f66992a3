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
    /// Changes of the same items, the newest first.
    var changes: [RelatedTicket]
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
