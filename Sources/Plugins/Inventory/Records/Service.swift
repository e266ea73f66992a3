internal import OpsCore
internal import OpsJSONRPC

/// What a caller may say of a service.
struct ServiceMembers: Declared {
    /// Where a service stands in its life.
    enum Status: String, Codable, CaseIterable, Sendable {
        case pipeline, live, retired
    }

    @Param("The service's unique name.", .positional, .recordName, .example("web shop"))
    var name: String
    @Param("Where it stands in its life.")
    var status: Status = .live
    @Param("The team that answers for it, by ref or name.")
    var owner: String?
    @Param("How much hangs on it, 1 for the most.", .present(.range(1...4)))
    var criticality: Int?
    @Param("The service that it is a part of, by ref or name.")
    var parent: String?
    @Param(
        "How many of its items have to be up; all of them when left out.",
        .present(.range(1...1_000_000)))
    var minUp: Int?
    @Param("What it is, in words.", .length(0...10_000))
    var description: String = ""
}

/// A service as callers see it.
struct Service: RecordView {
    static let kind = RecordKinds.service

    var ref: Ref
    var name: String
    var status: ServiceMembers.Status
    var owner: Ref?
    var ownerName: String?
    var criticality: Int?
    var parent: Ref?
    var parentName: String?
    var minUp: Int?
    var description: String
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}
