internal import OpsCore
internal import OpsJSONRPC

/// A time in which nothing is changed, or nothing on some items.
struct Freeze: Codable, Sendable, Equatable {
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

    static func ref(_ id: Int) -> Ref { Ref("freeze", id) }

    /// The number behind the ref.
    var id: Int { Int(ref.key) ?? 0 }

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
}
