internal import OpsCore
internal import OpsJSONRPC

/// A time in which nothing is changed, or nothing on some items.
struct Freeze: Record {
    static let kind = RecordKind("freeze", called: "freeze", order: .number("id"))

    var ref: Ref
    var name: String
    var reason: String
    var from: Instant
    var to: Instant
    /// What must not be touched; everything when there are none.
    var items: [Ref]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    /// Whether it is about one of some items.
    func touches(_ others: Set<Ref>) -> Bool {
        items.isEmpty || !others.isDisjoint(with: items)
    }
}

extension Freeze {
    /// Reads a row of `ticketing_freeze`.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        reason = try row.text("reason")
        from = try row.instant("from_at")
        to = try row.instant("to_at")
        items = try row.json("items").decode([Ref].self)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
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
}

extension Freeze {
    var text: String { reason }

    func columns(in tx: ReadTransaction) throws -> KeyValuePairs<String, (any SQLConvertible)?> {
        ["reason": reason, "from_at": from, "to_at": to, "items": try JSON(encoding: items)]
    }

    func check(in tx: ReadTransaction) throws {
        guard from < to else { throw RPCError.badMember("to", "must be after from") }
    }
}
