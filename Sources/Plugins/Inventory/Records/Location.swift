internal import OpsCore
internal import OpsJSONRPC

/// What a caller may say of a location.
struct LocationMembers: Declared {
    @Param("The location's unique name.", .positional, .recordName, .example("Ulm, rack 3"))
    var name: String
    @Param("The location that it lies in, by ref or name.")
    var parent: String?
    @Param("The postal address.", .length(0...500))
    var address: String = ""
    @Param("What is to be known, in words.", .length(0...10_000))
    var description: String = ""
}

/// A location as callers see it.
struct Location: RecordView {
    static let kind = RecordKinds.location

    var ref: Ref
    var name: String
    var parent: Ref?
    var parentName: String?
    var address: String
    var description: String
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}
