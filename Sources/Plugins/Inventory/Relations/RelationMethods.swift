internal import OpsCore
internal import OpsJSONRPC

/// `ci.relate`.
struct RelateItems: Method {
    static let name = "ci.relate"
    static let summary = "Says what an item stands on; of a group not all need to be up."
    static let effect = Effect.write
    static let isIdempotent = true
    static let columns = ["from_name", "rel", "to_name", "group", "min_up"]

    /// The relations of the item, of that type.
    struct Result: Codable, Sendable {
        var ref: Ref
        var name: String
        var relations: [Relation]
    }

    @Param("The item that stands on others, by ref or name.", .positional)
    var ci: String
    @Param("What it stands on, by refs or names.")
    var to: [String]
    @Param("How it stands to them.")
    var rel: RelationType = .dependsOn
    @Param("A name for those that can stand in for each other.", .length(0...60))
    var group: String = ""
    @Param(
        "How many of the group have to be up; all when left out.", .present(.range(1...1_000_000)))
    var minUp: Int?
}

/// `ci.unrelate`.
struct UnrelateItems: Method {
    static let name = "ci.unrelate"
    static let summary = "Takes relations of an item away."
    static let effect = Effect.write
    static let isIdempotent = true

    /// How many relations went.
    struct Result: Codable, Sendable {
        var ref: Ref
        var name: String
        var removed: Int
    }

    @Param("The item that the relations lead from, by ref or name.", .positional)
    var ci: String
    @Param("What they lead to, by refs or names.")
    var to: [String]
    @Param("Only relations of this type; all when left out.")
    var rel: RelationType?
}

/// `ci.relations`.
struct ListRelations: Method {
    static let name = "ci.relations"
    static let summary = "Lists the relations of an item, or all."
    static let effect = Effect.read
    static let columns = ["from_name", "rel", "to_name", "group", "min_up"]
    typealias Result = Page<Relation>

    /// Which way relations lead, seen from the item.
    enum Direction: String, Codable, CaseIterable, Sendable {
        case out, `in`, both
    }

    @Param("The item, by ref or name; all items when left out.", .positional)
    var ci: String?
    @Param("Those that lead from the item, to it, or both.")
    var direction: Direction = .both
    @Param("Only relations of this type.")
    var rel: RelationType?
    @Param("How many relations to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// Relations come, go and are shown.
extension InventoryService {
    func relate(_ wish: RelateItems, for call: Call) async throws -> RelateItems.Result {
        guard !wish.to.isEmpty else { throw RPCError.badMember("to", "names nothing") }
        guard wish.minUp == nil || !wish.group.isEmpty else {
            throw RPCError.badMember("min_up", "is about a group; name it with group")
        }
        return try await call.write(to: store) { tx in
            let from = try RecordReader.find(wish.ci, Item.kind, in: tx)
            try RelationWriter.relate(from, wish, in: tx)
            let rows = try tx.rows(
                "\(RelationReader.selection) WHERE r.from_ci = ? AND r.rel = ? ORDER BY r.to_ci",
                from.id, wish.rel)
            return RelateItems.Result(
                ref: from.ref, name: from.name, relations: try rows.map(Relation.init(row:)))
        }
    }

    func unrelate(_ wish: UnrelateItems, for call: Call) async throws -> UnrelateItems.Result {
        try await call.write(to: store) { tx in
            let from = try RecordReader.find(wish.ci, Item.kind, in: tx)
            return UnrelateItems.Result(
                ref: from.ref, name: from.name,
                removed: try RelationWriter.unrelate(from, wish, in: tx))
        }
    }

    func relations(_ params: ListRelations) async throws -> Page<Relation> {
        try await store.read { tx in try RelationReader.list(params, in: tx) }
    }
}
