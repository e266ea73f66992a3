internal import OpsCore
internal import OpsJSONRPC

/// What a caller may say of a person.
struct PersonMembers: Declared {
    @Param("The person's name.", .positional, .recordName, .example("Ana Sousa"))
    var name: String
    @Param("The person's unique mail address.", .present(.email), .example("ana@example.org"))
    var email: String?
    @Param("Where the person can be called.", .present(.length(1...60)))
    var phone: String?
    @Param("The person's team, by ref or name.")
    var team: String?
    @Param("The time zone in which the person works.", .present(.timeZone))
    var timeZone: String?
    @Param("From when on the person is away.")
    var awayFrom: Instant?
    @Param("Until when the person is away.")
    var awayUntil: Instant?
    @Param("What else is to be known, in words.", .length(0...10_000))
    var description: String = ""
}

/// A person as callers see it.
struct Person: RecordView {
    static let kind = RecordKinds.person

    var ref: Ref
    var name: String
    var email: String?
    var phone: String?
    var team: Ref?
    var teamName: String?
    var timeZone: String?
    var awayFrom: Instant?
    var awayUntil: Instant?
    var description: String
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}
