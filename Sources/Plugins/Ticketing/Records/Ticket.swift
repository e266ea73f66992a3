internal import OpsCore
internal import OpsJSONRPC

/// A ticket, in the store and as callers see it.
struct Ticket: Codable, Sendable, Equatable {
    /// Such as `ticket:INC-142`.
    var ref: Ref
    /// Such as `INC-142`.
    var key: String
    var kind: TicketKind
    var title: String
    var description: String
    var state: TicketState
    var holdReason: HoldReason?
    /// From 1, all are affected, to 3, one person is.
    var impact: Int
    /// From 1, work stands still, to 3, it can wait.
    var urgency: Int
    /// From 1 to 5.
    var priority: Int
    /// Why the priority is not what the matrix says; absent when it is.
    var priorityReason: String?
    /// Who asks.
    var requester: String?
    /// Who works on it.
    var assignee: String?
    /// The queue's name.
    var queue: String?
    var labels: [String: String]
    /// The values of the fields that the settings define.
    var fields: JSON.Object = [:]
    var channel: Channel
    /// What it came from, such as an alert; no two tickets have the same.
    var source: String?
    var resolution: String?
    var resolutionCode: ResolutionCode?
    /// Of a problem.
    var rootCause: String?
    /// Of a problem.
    var workaround: String?
    /// Of a problem whose cause or workaround is known.
    var knownError: Bool
    var reopenCount: Int
    var createdAt: Instant
    var updatedAt: Instant
    var resolvedAt: Instant?
    var closedAt: Instant?
    var generation: Int

    static func ref(_ key: String) -> Ref { Ref("ticket", key) }

    /// Puts it into a queue; whoever stands for the queue gets it, unless somebody has it.
    mutating func enter(_ queue: Queue) {
        self.queue = queue.name
        assignee = assignee ?? queue.assignee
    }
}

extension Ticket {
    /// Reads a row of `ticketing_ticket`.
    init(row: Row) throws {
        key = try row.text("key")
        ref = Self.ref(key)
        kind = try row.word("kind")
        title = try row.text("title")
        description = try row.text("description")
        state = try row.word("state")
        holdReason = try row.optionalWord("hold_reason")
        impact = try row.int("impact")
        urgency = try row.int("urgency")
        priority = try row.int("priority")
        priorityReason = try row.optionalText("priority_reason")
        requester = try row.optionalText("requester")
        assignee = try row.optionalText("assignee")
        queue = try row.optionalText("queue")
        labels = try row.texts("labels")
        fields = try row.json("fields").object ?? [:]
        channel = try row.word("channel")
        source = try row.optionalText("source")
        resolution = try row.optionalText("resolution")
        resolutionCode = try row.optionalWord("resolution_code")
        rootCause = try row.optionalText("root_cause")
        workaround = try row.optionalText("workaround")
        knownError = try row.bool("known_error")
        reopenCount = try row.int("reopen_count")
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        resolvedAt = try row.optionalInstant("resolved_at")
        closedAt = try row.optionalInstant("closed_at")
        generation = try row.int("generation")
    }
}
