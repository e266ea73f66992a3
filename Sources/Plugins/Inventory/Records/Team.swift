internal import OpsCore
internal import OpsJSONRPC

/// What a caller may say of a team.
struct TeamMembers: Declared {
    @Param("The team's unique name.", .positional, .recordName, .example("Network"))
    var name: String
    @Param("Its mailbox.", .present(.email))
    var email: String?
    @Param("What it does, in words.", .length(0...10_000))
    var description: String = ""
}

/// A team as callers see it.
struct Team: RecordView {
    static let kind = RecordKinds.team

    var ref: Ref
    var name: String
    var email: String?
    var description: String
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}
