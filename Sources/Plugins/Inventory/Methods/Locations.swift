internal import OpsCore
internal import OpsJSONRPC

/// `location.create`.
struct CreateLocation: RecordCreation {
    static let name = "location.create"
    static let summary = "Creates a location, inside another one or not."
    static let effect = Effect.write
    typealias Result = Location

    @Members var members: JSON.Object
}

/// `location.get`.
struct GetLocation: RecordRequest {
    static let name = "location.get"
    static let summary = "Shows a location."
    static let effect = Effect.read
    typealias Result = Location

    @Param("The location's ref or name.", .positional)
    var location: String
    var key: String { location }
}

/// `location.list`.
struct ListLocations: RecordListing {
    static let name = "location.list"
    static let summary = "Lists locations by name."
    static let effect = Effect.read
    static let columns = ["name", "parent_name", "address"]
    typealias View = Location

    @Param("Only locations whose names begin so.")
    var name: String?
    @Param("Only what lies right in this location, by ref or name.")
    var parent: String?
    @Param("How many locations to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?

    var query: RecordQuery {
        var filters: [String: JSON] = [:]
        filters["parent"] = parent.map(JSON.string)
        return RecordQuery(
            kind: Location.kind, filters: filters, prefix: name, limit: limit, cursor: cursor)
    }
}

/// `location.update`.
struct UpdateLocation: RecordChange {
    static let name = "location.update"
    static let summary = "Changes the given members of a location; null takes one back."
    static let effect = Effect.write
    typealias Result = Location

    @Param("The location's ref or name.", .positional)
    var location: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
    var key: String { location }
}

/// `location.delete`.
struct DeleteLocation: RecordDeletion {
    static let name = "location.delete"
    static let summary = "Deletes a location where nothing is."
    static let effect = Effect.destroy
    static let kind = Location.kind
    typealias Result = Done

    @Param("The location's ref or name.", .positional)
    var location: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { location }
}
