internal import OpsCore
internal import OpsJSONRPC

/// `person.create`.
struct CreatePerson: RecordCreation {
    static let name = "person.create"
    static let summary = "Creates a person."
    static let effect = Effect.write
    typealias Result = Person

    @Members var members: JSON.Object
}

/// `person.get`.
struct GetPerson: RecordRequest {
    static let name = "person.get"
    static let summary = "Shows a person."
    static let effect = Effect.read
    typealias Result = Person

    @Param("The person's ref, address or name.", .positional)
    var person: String
    var key: String { person }
}

/// `person.list`.
struct ListPeople: RecordListing {
    static let name = "person.list"
    static let summary = "Lists people by name."
    static let effect = Effect.read
    static let columns = ["name", "email", "phone", "team_name", "time_zone", "away_until"]
    typealias View = Person

    @Param("Only people whose names begin so.")
    var name: String?
    @Param("Only people of this team, by ref or name.")
    var team: String?
    @Param("Only the person with this address.")
    var email: String?
    @Param("How many people to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?

    var query: RecordQuery {
        var filters: [String: JSON] = [:]
        filters["team"] = team.map(JSON.string)
        filters["email"] = email.map(JSON.string)
        return RecordQuery(
            kind: Person.kind, filters: filters, prefix: name, limit: limit, cursor: cursor)
    }
}

/// `person.update`.
struct UpdatePerson: RecordChange {
    static let name = "person.update"
    static let summary = "Changes the given members of a person; null takes one back."
    static let effect = Effect.write
    typealias Result = Person

    @Param("The person's ref, address or name.", .positional)
    var person: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
    var key: String { person }
}

/// `person.delete`.
struct DeletePerson: RecordDeletion {
    static let name = "person.delete"
    static let summary = "Deletes a person."
    static let effect = Effect.destroy
    static let kind = Person.kind
    typealias Result = Done

    @Param("The person's ref, address or name.", .positional)
    var person: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { person }
}
