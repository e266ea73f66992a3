internal import OpsCore
internal import OpsJSONRPC

/// What a caller may say of a configuration item.
struct ItemMembers: Declared {
    /// Where an item stands in its life.
    enum Status: String, Codable, CaseIterable, Sendable {
        case planned
        case inStock = "in_stock"
        case live, maintenance, retired
    }

    @Param("The item's name, unique within its class.", .positional, .recordName, .example("web1"))
    var name: String
    @Param("What kind of thing it is.", .word, .example("server"))
    var `class`: String
    @Param("Where it stands in its life.")
    var status: Status = .live
    @Param("Which environment it belongs to.", .length(0...60), .example("production"))
    var environment: String = ""
    @Param("The team that answers for it, by ref or name.")
    var owner: String?
    @Param("How much hangs on it, 1 for the most.", .present(.range(1...4)))
    var criticality: Int?
    @Param("Where it is, by ref or name.")
    var location: String?
    @Param("The service that it is there for, by ref or name.")
    var service: String?
    @Param("What else is to be known: texts, numbers, true or false, by names of your own.")
    var fields: [String: FieldValue] = [:]
    @Param("What it is, in words.", .length(0...10_000))
    var description: String = ""
    @Param("The source that knows it, such as a scan or another inventory.", .present(.word))
    var discoveredBy: String?
    @Param("What that source calls it; with discovered_by unique.", .present(.length(1...255)))
    var externalKey: String?
}

/// A configuration item as callers see it.
struct Item: RecordView {
    static let kind = RecordKinds.item

    var ref: Ref
    var name: String
    var `class`: String
    var status: ItemMembers.Status
    var environment: String
    var owner: Ref?
    var ownerName: String?
    var criticality: Int?
    var location: Ref?
    var locationName: String?
    var service: Ref?
    var serviceName: String?
    var fields: [String: FieldValue]
    var description: String
    var discoveredBy: String?
    var externalKey: String?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}
