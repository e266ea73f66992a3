internal import OpsCore
internal import OpsJSONRPC

/// Where tickets wait for a team.
struct Queue: Record {
    static let kind = RecordKind("queue", called: "queue")

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
    static let selection = "SELECT r.*, NULL AS open FROM ticketing_queue r"

    /// Counting takes its time by the ticket, so only who shows a queue asks for it.
    static let shownSelection = """
        SELECT r.*, (SELECT COUNT(*) FROM ticketing_ticket t
            WHERE t.queue_id = r.id AND t.is_open = 1) AS open FROM ticketing_queue r
        """

    var text: String { description }

    /// The queue that a caller names by the member `queue`.
    static func named(_ key: String, in tx: ReadTransaction) throws -> Queue {
        guard let queue = try load(key, in: tx) else {
            throw RPCError.badMember("queue", "is no queue: \"\(key)\"")
        }
        return queue
    }

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

    func columns(in tx: ReadTransaction) -> KeyValuePairs<String, (any SQLConvertible)?> {
        ["description": description, "assignee": assignee]
    }

    /// How many tickets are open is no part of the record.
    func audited() throws -> JSON {
        var members = try JSON(encoding: self).object ?? [:]
        members["open"] = nil
        return .object(members)
    }

    func refuseUsed(in tx: ReadTransaction) throws {
        let row = try tx.row(
            "SELECT COUNT(*) AS n FROM ticketing_ticket WHERE queue_id = ?", id)
        if let count = try row?.int("n"), count > 0 {
            throw RPCError.conflict(
                "\"\(name)\" has \(count) tickets, closed ones included.",
                hint: "Give them to another queue with ticket.assign.")
        }
        // Without its queue an SLA would hold for the tickets of all.
        if let sla = try tx.row("SELECT name FROM ticketing_sla WHERE queue_id = ?", id) {
            throw RPCError.conflict(
                "The SLA \"\(try sla.text("name"))\" is for \"\(name)\".",
                hint: "Give it another queue with sla.update.")
        }
    }
}
