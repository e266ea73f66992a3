internal import OpsCore
internal import OpsJSONRPC

/// `sla.create`.
struct CreateSLA: RecordCreation {
    static let name = "sla.create"
    static let summary = "Creates an SLA: how long answers, updates and solutions may take."
    static let effect = Effect.write
    typealias Result = SLA

    @Param("The SLA's unique name.", .positional, .length(1...100), .example("gold"))
    var name: String
    @Param("Of all that match a ticket, the one with the lowest rank holds.", .range(1...10_000))
    var rank: Int
    @Param(
        "The targets: {\"metric\": \"response\", \"target_ms\": 3600000, \"priority\": 1, "
            + "\"calendar\": \"calendar:1\", \"warn_pct\": 75, \"pause_on\": [\"on_hold\"]}.")
    var targets: [SLATarget]
    @Param("Only for tickets of this kind.")
    var kind: TicketKind?
    @Param("Only for these priorities.")
    var priorities: [Int] = []
    @Param("Only for tickets with these labels.")
    var labels: [String: String] = [:]
    @Param("Only for tickets of this queue, by ref or name.", .present(.length(1...200)))
    var queue: String?
    @Param("Whether it is looked at.")
    var active: Bool = true
    @Param("What it is for.", .length(0...4000))
    var description: String = ""

    func record(in tx: WriteTransaction) throws -> SLA {
        SLA(
            ref: try SLA.nextRef(in: tx), name: name, description: description, rank: rank,
            active: active, kind: kind, priorities: priorities, labels: labels,
            queue: try queue.map { try Queue.named($0, in: tx).name }, targets: targets,
            createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }
}

/// `sla.get`.
struct GetSLA: RecordRequest {
    static let name = "sla.get"
    static let summary = "Shows an SLA."
    static let effect = Effect.read
    typealias Shown = SLA
    typealias Result = SLA

    @Param("The SLA's ref or name.", .positional)
    var sla: String
    var key: String { sla }
}

/// `sla.list`.
struct ListSLAs: RecordListing {
    static let name = "sla.list"
    static let summary = "Lists SLAs by rank, the one that is looked at first on top."
    static let effect = Effect.read
    static let columns = ["rank", "name", "active", "kind", "queue", "description"]
    typealias Listed = SLA

    @Param("How many SLAs to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `sla.update`.
struct UpdateSLA: RecordChange {
    static let name = "sla.update"
    static let summary =
        "Changes an SLA; tickets take it over with their next change, or by sla.recompute."
    static let effect = Effect.write
    typealias Result = SLA

    @Param("The SLA's ref or name.", .positional)
    var sla: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("A new rank.", .present(.range(1...10_000)))
    var rank: Int?
    @Param("The targets, all of them.")
    var targets: [SLATarget]?
    @Param("Only for these priorities.")
    var priorities: [Int]?
    @Param("Only for tickets with these labels.")
    var labels: [String: String]?
    @Param(
        "Only for tickets of this queue, by ref or name; of any with an empty text.",
        .present(.length(0...200)))
    var queue: String?
    @Param("Whether it is looked at.")
    var active: Bool?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { sla }

    func change(_ record: inout SLA, in tx: ReadTransaction) throws {
        if let name { record.name = name }
        if let rank { record.rank = rank }
        if let targets { record.targets = targets }
        if let priorities { record.priorities = priorities }
        if let labels { record.labels = labels }
        if let queue { record.queue = try queue.orNil.map { try Queue.named($0, in: tx).name } }
        if let active { record.active = active }
        if let description { record.description = description }
    }
}

/// `sla.delete`.
struct DeleteSLA: RecordDeletion {
    static let name = "sla.delete"
    static let summary = "Deletes an SLA; clocks that run by it go on."
    static let effect = Effect.destroy
    typealias Deleted = SLA
    typealias Result = Done

    @Param("The SLA's ref or name.", .positional)
    var sla: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { sla }
}
