internal import OpsCore
internal import OpsJSONRPC

/// `team.create`.
struct CreateTeam: RecordCreation {
    static let name = "team.create"
    static let summary = "Creates a team, which owns items and services."
    static let effect = Effect.write
    typealias Result = Team

    @Members var members: JSON.Object
}

/// `team.get`.
struct GetTeam: RecordRequest {
    static let name = "team.get"
    static let summary = "Shows a team."
    static let effect = Effect.read
    typealias Result = Team

    @Param("The team's ref or name.", .positional)
    var team: String
    var key: String { team }
}

/// `team.list`.
struct ListTeams: RecordListing {
    static let name = "team.list"
    static let summary = "Lists teams by name."
    static let effect = Effect.read
    static let columns = ["name", "email", "description"]
    typealias View = Team

    @Param("Only teams whose names begin so.")
    var name: String?
    @Param("How many teams to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?

    var query: RecordQuery {
        RecordQuery(kind: Team.kind, prefix: name, limit: limit, cursor: cursor)
    }
}

/// `team.update`.
struct UpdateTeam: RecordChange {
    static let name = "team.update"
    static let summary = "Changes the given members of a team; null takes one back."
    static let effect = Effect.write
    typealias Result = Team

    @Param("The team's ref or name.", .positional)
    var team: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
    var key: String { team }
}

/// `team.delete`.
struct DeleteTeam: RecordDeletion {
    static let name = "team.delete"
    static let summary = "Deletes a team that owns nothing and has nobody in it."
    static let effect = Effect.destroy
    static let kind = Team.kind
    typealias Result = Done

    @Param("The team's ref or name.", .positional)
    var team: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { team }
}
