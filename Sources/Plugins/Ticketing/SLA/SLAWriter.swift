internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes SLAs, with audit entry, search document and event in the same transaction.
enum SLAWriter {
    private static let select = """
        SELECT s.*, q.name AS queue FROM ticketing_sla s
        LEFT JOIN ticketing_queue q ON q.id = s.queue_id
        """

    /// All of them, the lowest rank first; there are few.
    static func all(in tx: ReadTransaction) throws -> [SLA] {
        try tx.rows("\(select) ORDER BY s.rank").map(SLA.init(row:))
    }

    /// The one that holds for a ticket: the lowest rank of those that match.
    static func holding(for ticket: Ticket, in tx: ReadTransaction) throws -> SLA? {
        try all(in: tx).first { $0.matches(ticket) }
    }

    /// The SLA of a name or a ref.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, in tx: ReadTransaction) throws -> SLA {
        if let row = try tx.row("\(select) WHERE s.name = ?", key) { return try SLA(row: row) }
        if let ref = Ref(key), ref.noun == "sla", let id = Int(ref.key),
            let row = try tx.row("\(select) WHERE s.id = ?", id)
        {
            return try SLA(row: row)
        }
        throw RPCError.notFound(
            "There is no SLA \"\(key)\".", hint: "sla.list shows those that there are.")
    }

    static func insert(_ sla: SLA, in tx: WriteTransaction) throws -> SLA {
        var sla = sla
        sla.ref = SLA.ref(try tx.nextID("sla"))
        try refuseTaken(sla, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_sla (name, description, rank, active, kind, priorities, labels,
                queue_id, targets, updated_at, generation, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?,
                (SELECT id FROM ticketing_queue WHERE name = ?), ?, ?, ?, ?, ?)
            """, arguments: try columns(sla) + [sla.id, sla.createdAt])
        try publish("sla.created", sla, before: nil, in: tx)
        return sla
    }

    static func update(_ old: SLA, to new: SLA, in tx: WriteTransaction) throws -> SLA {
        guard new != old else { return old }
        try refuseTaken(new, in: tx)
        var sla = new
        sla.updatedAt = tx.now
        sla.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE ticketing_sla SET name = ?, description = ?, rank = ?, active = ?, kind = ?,
                priorities = ?, labels = ?,
                queue_id = (SELECT id FROM ticketing_queue WHERE name = ?), targets = ?,
                updated_at = ?, generation = ?
            WHERE id = ?
            """, arguments: try columns(sla) + [sla.id])
        try publish("sla.updated", sla, before: old, in: tx)
        return sla
    }

    static func delete(_ sla: SLA, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_sla WHERE id = ?", sla.id)
        try tx.unindex(sla.ref)
        try tx.audit("sla.deleted", sla.ref, before: try JSON(encoding: sla), after: nil)
        try tx.announce("sla.deleted", sla.ref, identity(sla))
    }

    private static func columns(_ sla: SLA) throws -> [(any SQLConvertible)?] {
        [
            sla.name, sla.description, sla.rank, sla.active, sla.kind?.rawValue,
            try JSON(encoding: sla.priorities), try JSON(encoding: sla.labels), sla.queue,
            try JSON(encoding: sla.targets), sla.updatedAt, sla.generation,
        ]
    }

    /// Names and ranks are unique: with two of one rank it would be chance which one holds.
    private static func refuseTaken(_ sla: SLA, in tx: ReadTransaction) throws {
        let rows = try tx.rows(
            "SELECT id, name, rank FROM ticketing_sla WHERE name = ? OR rank = ?", sla.name,
            sla.rank)
        for row in rows where try row.int("id") != sla.id {
            let holder = "\"\(try row.text("name"))\", \(SLA.ref(try row.int("id")))"
            guard try row.text("name") == sla.name else {
                throw RPCError.badMember("rank", "is that of \(holder)")
            }
            throw RPCError.conflict(
                "There is an SLA \(holder) already.",
                hint: "Choose another name, or change that one with sla.update.")
        }
    }

    private static func publish(
        _ topic: String, _ sla: SLA, before old: SLA?, in tx: WriteTransaction
    ) throws {
        try tx.index(SearchDocument(ref: sla.ref, title: sla.name, body: sla.description))
        try tx.audit(
            topic, sla.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: sla))
        try tx.announce(topic, sla.ref, identity(sla))
    }

    private static func identity(_ sla: SLA) -> JSON {
        ["sla": .string(sla.ref.description), "name": .string(sla.name)]
    }
}
