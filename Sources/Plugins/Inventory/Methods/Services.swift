internal import OpsCore
internal import OpsJSONRPC

/// `service.create`.
struct CreateService: RecordCreation {
    static let name = "service.create"
    static let summary = "Creates a service, which items are there for."
    static let effect = Effect.write
    typealias Result = Service

    @Members var members: JSON.Object
}

/// `service.get`.
struct GetService: RecordRequest {
    static let name = "service.get"
    static let summary = "Shows a service."
    static let effect = Effect.read
    typealias Result = Service

    @Param("The service's ref or name.", .positional)
    var service: String
    var key: String { service }
}

/// `service.list`.
struct ListServices: RecordListing {
    static let name = "service.list"
    static let summary = "Lists services by name."
    static let effect = Effect.read
    static let columns = ["name", "status", "owner_name", "criticality", "parent_name", "min_up"]
    typealias View = Service

    @Param("Only services whose names begin so.")
    var name: String?
    @Param("Only services of this status.")
    var status: ServiceMembers.Status?
    @Param("Only services of this team, by ref or name.")
    var owner: String?
    @Param("Only the parts of this service, by ref or name.")
    var parent: String?
    @Param("How many services to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?

    var query: RecordQuery {
        var filters: [String: JSON] = [:]
        filters["status"] = (status?.rawValue).map(JSON.string)
        filters["owner"] = owner.map(JSON.string)
        filters["parent"] = parent.map(JSON.string)
        return RecordQuery(
            kind: Service.kind, filters: filters, prefix: name, limit: limit, cursor: cursor)
    }
}

/// `service.update`.
struct UpdateService: RecordChange {
    static let name = "service.update"
    static let summary = "Changes the given members of a service; null takes one back."
    static let effect = Effect.write
    typealias Result = Service

    @Param("The service's ref or name.", .positional)
    var service: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
    var key: String { service }
}

/// `service.delete`.
struct DeleteService: RecordDeletion {
    static let name = "service.delete"
    static let summary = "Deletes a service that nothing belongs to."
    static let effect = Effect.destroy
    static let kind = Service.kind
    typealias Result = Done

    @Param("The service's ref or name.", .positional)
    var service: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { service }
}
