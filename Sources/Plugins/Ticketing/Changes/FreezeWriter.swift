internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes freezes, with audit entry, search document and event in the same transaction.
enum FreezeWriter {
    /// The freeze of a name or a ref.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, in tx: ReadTransaction) throws -> Freeze {
        if let row = try tx.row("SELECT * FROM ticketing_freeze WHERE name = ?", key) {
            return try Freeze(row: row)
        }
        if let ref = Ref(key), ref.noun == "freeze", let id = Int(ref.key),
            let row = try tx.row("SELECT * FROM ticketing_freeze WHERE id = ?", id)
        {
            return try Freeze(row: row)
        }
        throw RPCError.notFound(
            "There is no freeze \"\(key)\".", hint: "freeze.list shows those that there are.")
    }

    /// Those that overlap a time and are about one of some items; with nil, about anything.
    static func freezes(
        in window: Range<Instant>, touching items: Set<Ref>?, in tx: ReadTransaction
    ) throws -> [Freeze] {
        try tx.rows(
            "SELECT * FROM ticketing_freeze WHERE to_at > ? AND from_at < ? ORDER BY from_at, id",
            window.lowerBound, window.upperBound
        ).map(Freeze.init(row:)).filter { freeze in items.map(freeze.touches) ?? true }
    }

    static func page(
        after id: Int, limit: Int, in tx: ReadTransaction
    ) throws -> [Freeze] {
        try tx.rows(
            "SELECT * FROM ticketing_freeze WHERE id > ? ORDER BY id LIMIT ?", id, limit
        ).map(Freeze.init(row:))
    }

    static func insert(_ wish: CreateFreeze, in tx: WriteTransaction) throws -> Freeze {
        let freeze = Freeze(
            ref: Freeze.ref(try tx.nextID("freeze")), name: wish.name, reason: wish.reason,
            from: wish.from, to: wish.to, items: wish.items, createdAt: tx.now, updatedAt: tx.now,
            generation: 1)
        try check(freeze, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_freeze
                (name, reason, from_at, to_at, items, updated_at, generation, id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: try columns(freeze) + [freeze.id, freeze.createdAt])
        try publish("freeze.created", freeze, before: nil, in: tx)
        return freeze
    }

    static func update(_ old: Freeze, to new: Freeze, in tx: WriteTransaction) throws -> Freeze {
        guard new != old else { return old }
        try check(new, in: tx)
        var freeze = new
        freeze.updatedAt = tx.now
        freeze.generation = old.generation + 1
        try tx.execute(
            """
            UPDATE ticketing_freeze SET name = ?, reason = ?, from_at = ?, to_at = ?, items = ?,
                updated_at = ?, generation = ?
            WHERE id = ?
            """, arguments: try columns(freeze) + [freeze.id])
        try publish("freeze.updated", freeze, before: old, in: tx)
        return freeze
    }

    static func delete(_ freeze: Freeze, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_freeze WHERE id = ?", freeze.id)
        try tx.unindex(freeze.ref)
        try tx.audit("freeze.deleted", freeze.ref, before: try JSON(encoding: freeze), after: nil)
        try tx.announce("freeze.deleted", freeze.ref, identity(freeze))
    }

    private static func columns(_ freeze: Freeze) throws -> [(any SQLConvertible)?] {
        [
            freeze.name, freeze.reason, freeze.from, freeze.to, try JSON(encoding: freeze.items),
            freeze.updatedAt, freeze.generation,
        ]
    }

    private static func check(_ freeze: Freeze, in tx: ReadTransaction) throws {
        guard freeze.from < freeze.to else {
            throw RPCError.badMember("to", "must be after from")
        }
        let row = try tx.row("SELECT id FROM ticketing_freeze WHERE name = ?", freeze.name)
        guard let holder = try row?.int("id"), holder != freeze.id else { return }
        throw RPCError.conflict(
            "There is a freeze named \"\(freeze.name)\" already, \(Freeze.ref(holder)).",
            hint: "Choose another name, or change that one with freeze.update.")
    }

    private static func publish(
        _ topic: String, _ freeze: Freeze, before old: Freeze?, in tx: WriteTransaction
    ) throws {
        try tx.index(SearchDocument(ref: freeze.ref, title: freeze.name, body: freeze.reason))
        try tx.audit(
            topic, freeze.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: freeze))
        try tx.announce(topic, freeze.ref, identity(freeze))
    }

    private static func identity(_ freeze: Freeze) -> JSON {
        ["freeze": .string(freeze.ref.description), "name": .string(freeze.name)]
    }
}
