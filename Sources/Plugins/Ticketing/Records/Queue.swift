internal import OpsCore
internal import OpsJSONRPC

/// Where tickets wait for a team.
struct Queue: Codable, Sendable, Equatable {
    var ref: Ref
    var name: String
    var description: String
    /// Who gets a ticket that comes into the queue and has nobody.
    var assignee: String?
    /// How many of its tickets are open, where they were counted.
    var open: Int?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension Queue {
    static func ref(_ id: Int) -> Ref { Ref("queue", id) }

    /// Reads a row of `ticketing_queue` with the number of open tickets.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        assignee = try row.optionalText("assignee")
        open = try row.optionalInt("open")
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}
