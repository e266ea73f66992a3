internal import OpsCore
internal import OpsJSONRPC

/// A ticket in a list.
struct TicketRow: Codable, Sendable, Equatable {
    var ref: Ref
    /// Such as `INC-142`.
    var key: String
    var kind: TicketKind
    var title: String
    var state: TicketState
    var priority: Int
    var queue: String?
    var assignee: String?
    var requester: String?
    var labels: [String: String]
    /// The time worked on it, in milliseconds.
    var workMs: Int
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    init(_ ticket: Ticket, workMs: Int) {
        self.workMs = workMs
        ref = ticket.ref
        key = ticket.key
        kind = ticket.kind
        title = ticket.title
        state = ticket.state
        priority = ticket.priority
        queue = ticket.queue
        assignee = ticket.assignee
        requester = ticket.requester
        labels = ticket.labels
        createdAt = ticket.createdAt
        updatedAt = ticket.updatedAt
        generation = ticket.generation
    }
}
