internal import OpsCore
internal import OpsJSONRPC

/// `ci.create`.
struct CreateItem: RecordCreation {
    static let name = "ci.create"
    static let summary = "Creates a configuration item."
    static let effect = Effect.write
    typealias Result = Item

    @Members var members: JSON.Object
}

/// `ci.get`.
struct GetItem: RecordRequest {
    static let name = "ci.get"
    static let summary = "Shows a configuration item."
    static let effect = Effect.read
    typealias Result = Item

    @Param("The item's ref, name or class/name.", .positional)
    var ci: String
    var key: String { ci }
}

/// `ci.list`.
struct ListItems: RecordListing {
    static let name = "ci.list"
    static let summary = "Lists configuration items."
    static let effect = Effect.read
    static let columns = [
        "name", "class", "status", "environment", "owner_name", "service_name", "location_name",
        "criticality",
    ]
    typealias View = Item

    @Param("Only items whose names begin so.")
    var name: String?
    @Param("Only items of this class.")
    var `class`: String?
    @Param("Only items of this status.")
    var status: ItemMembers.Status?
    @Param("Only items of this environment.")
    var environment: String?
    @Param("Only items of this team, by ref or name.")
    var owner: String?
    @Param("Only items that are right here, by ref or name.")
    var location: String?
    @Param("Only items of this service, by ref or name.")
    var service: String?
    @Param("Only items of this criticality.")
    var criticality: Int?
    @Param("Only items that this source knows.")
    var discoveredBy: String?
    @Param("The order: by name or class, the most critical first, or what changed last first.")
    var sort: RecordQuery.Order = .name
    @Param("How many items to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?

    var query: RecordQuery {
        var filters: [String: JSON] = [:]
        filters["class"] = `class`.map(JSON.string)
        filters["status"] = (status?.rawValue).map(JSON.string)
        filters["environment"] = environment.map(JSON.string)
        filters["owner"] = owner.map(JSON.string)
        filters["location"] = location.map(JSON.string)
        filters["service"] = service.map(JSON.string)
        filters["criticality"] = criticality.map { .number(JSON.Number($0)) }
        filters["discovered_by"] = discoveredBy.map(JSON.string)
        return RecordQuery(
            kind: Item.kind, filters: filters, prefix: name, order: sort, limit: limit,
            cursor: cursor)
    }
}

/// `ci.update`.
struct UpdateItem: RecordChange {
    static let name = "ci.update"
    static let summary = "Changes the given members of an item; null takes one back."
    static let effect = Effect.write
    typealias Result = Item

    @Param("The item's ref, name or class/name.", .positional)
    var ci: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
    var key: String { ci }
}

/// `ci.delete`.
struct DeleteItem: RecordDeletion {
    static let name = "ci.delete"
    static let summary = "Deletes an item with its own relations, unless others depend on it."
    static let effect = Effect.destroy
    static let kind = Item.kind
    typealias Result = Done

    @Param("The item's ref, name or class/name.", .positional)
    var ci: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { ci }
}
