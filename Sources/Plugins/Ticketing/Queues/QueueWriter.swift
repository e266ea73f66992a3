internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes queues, with audit entry, search document and event in the same transaction.
enum QueueWriter {
    private static let select = "SELECT q.*, NULL AS open FROM ticketing_queue q"

    /// Counting takes its time by the ticket, so only who shows a queue asks for it.
    private static let counted = """
        SELECT q.*, (SELECT COUNT(*) FROM ticketing_ticket t
            WHERE t.queue_id = q.id AND t.is_open = 1) AS open FROM ticketing_queue q
        """

    /// The queue of a name or a ref, with its open tickets counted or not.
    static func load(
        _ key: String, counting: Bool = false, in tx: ReadTransaction
    ) throws -> Queue? {
        let select = counting ? counted : select
        if let found = try tx.row("\(select) WHERE q.name = ?", key) {
            return try Queue(row: found)
        }
        guard let ref = Ref(key), ref.noun == "queue", let id = Int(ref.key) else { return nil }
        return try tx.row("\(select) WHERE q.id = ?", id).map(Queue.init(row:))
    }

    static func page(after name: String, limit: Int, in tx: ReadTransaction) throws -> [Queue] {
        try tx.rows("\(counted) WHERE q.name > ? ORDER BY q.name LIMIT ?", name, limit)
            .map(Queue.init(row:))
    }

    static func insert(_ wish: CreateQueue, in tx: WriteTransaction) throws -> Queue {
        let queue = Queue(
            ref: Queue.ref(try tx.nextID("queue")), name: wish.name,
            description: wish.description, assignee: wish.assignee, open: 0, createdAt: tx.now,
            updatedAt: tx.now, generation: 1)
        try refuseTaken(queue, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_queue
                (id, name, description, assignee, created_at, updated_at, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, Int(queue.ref.key), queue.name, queue.description, queue.assignee,
            queue.createdAt, queue.updatedAt, queue.generation)
        try publish("queue.created", queue, before: nil, in: tx)
        return queue
    }

    static func update(_ old: Queue, to new: Queue, in tx: WriteTransaction) throws -> Queue {
        guard new != old else { return old }
        try refuseTaken(new, in: tx)
        var queue = new
        queue.updatedAt = tx.now
        queue.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE ticketing_queue SET name = ?, description = ?, assignee = ?, updated_at = ?,
                generation = ?
            WHERE id = ?
            """, queue.name, queue.description, queue.assignee, queue.updatedAt, queue.generation,
            Int(queue.ref.key))
        try publish("queue.updated", queue, before: old, in: tx)
        return queue
    }

    static func delete(_ queue: Queue, in tx: WriteTransaction) throws {
        let count =
            try tx.row(
                "SELECT COUNT(*) AS n FROM ticketing_ticket WHERE queue_id = ?", Int(queue.ref.key)
            )?.int("n") ?? 0
        guard count == 0 else {
            throw RPCError.conflict(
                "\"\(queue.name)\" has \(count) tickets, closed ones included.",
                hint: "Give them to another queue with ticket.assign.")
        }
        // Without its queue an SLA would hold for the tickets of all.
        let sla = try tx.row(
            "SELECT name FROM ticketing_sla WHERE queue_id = ?", Int(queue.ref.key))
        if let sla {
            throw RPCError.conflict(
                "The SLA \"\(try sla.text("name"))\" is for \"\(queue.name)\".",
                hint: "Give it another queue with sla.update.")
        }
        try tx.execute("DELETE FROM ticketing_queue WHERE id = ?", Int(queue.ref.key))
        try tx.unindex(queue.ref)
        try tx.audit("queue.deleted", queue.ref, before: try shown(queue), after: nil)
        try tx.announce("queue.deleted", queue.ref, identity(queue))
    }

    private static func refuseTaken(_ queue: Queue, in tx: ReadTransaction) throws {
        let row = try tx.row("SELECT id FROM ticketing_queue WHERE name = ?", queue.name)
        guard let holder = try row?.int("id"), Queue.ref(holder) != queue.ref else { return }
        throw RPCError.conflict(
            "There is a queue named \"\(queue.name)\" already, \(Queue.ref(holder)).",
            hint: "Choose another name, or change that one with queue.update.")
    }

    private static func publish(
        _ topic: String, _ queue: Queue, before old: Queue?, in tx: WriteTransaction
    ) throws {
        try tx.index(
            SearchDocument(ref: queue.ref, title: queue.name, body: queue.description))
        try tx.audit(
            topic, queue.ref, before: try old.map(shown), after: try shown(queue))
        try tx.announce(topic, queue.ref, identity(queue))
    }

    /// How many tickets are open is no part of the record.
    private static func shown(_ queue: Queue) throws -> JSON {
        var members = try JSON(encoding: queue).object ?? [:]
        members["open"] = nil
        return .object(members)
    }

    private static func identity(_ queue: Queue) -> JSON {
        ["queue": .string(queue.ref.description), "name": .string(queue.name)]
    }
}
