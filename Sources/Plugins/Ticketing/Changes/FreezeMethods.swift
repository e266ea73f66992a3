internal import OpsCore
internal import OpsJSONRPC

/// `freeze.create`.
struct CreateFreeze: RecordCreation {
    static let name = "freeze.create"
    static let summary = "Creates a time in which nothing is changed, or nothing on some items."
    static let effect = Effect.write
    typealias Result = Freeze

    @Param("The freeze's unique name.", .positional, .length(1...100), .example("end of the year"))
    var name: String
    @Param("From when on.")
    var from: Instant
    @Param("Until when.")
    var to: Instant
    @Param("What must not be touched; everything when left out.")
    var items: [Ref] = []
    @Param("Why.", .length(0...4000))
    var reason: String = ""

    func record(in tx: WriteTransaction) throws -> Freeze {
        Freeze(
            ref: try Freeze.nextRef(in: tx), name: name, reason: reason, from: from, to: to,
            items: items, createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }
}

/// `freeze.get`.
struct GetFreeze: RecordRequest {
    static let name = "freeze.get"
    static let summary = "Shows a freeze."
    static let effect = Effect.read
    typealias Shown = Freeze
    typealias Result = Freeze

    @Param("The freeze's ref or name.", .positional)
    var freeze: String
    var key: String { freeze }
}

/// `freeze.list`.
struct ListFreezes: RecordListing {
    static let name = "freeze.list"
    static let summary = "Lists freezes in the order in which they were created."
    static let effect = Effect.read
    static let columns = ["name", "from", "to", "items", "reason"]
    typealias Listed = Freeze

    @Param("How many freezes to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `freeze.update`.
struct UpdateFreeze: RecordChange {
    static let name = "freeze.update"
    static let summary = "Changes the given members of a freeze."
    static let effect = Effect.write
    typealias Result = Freeze

    @Param("The freeze's ref or name.", .positional)
    var freeze: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("From when on.")
    var from: Instant?
    @Param("Until when.")
    var to: Instant?
    @Param("What must not be touched, all of it; everything when empty.")
    var items: [Ref]?
    @Param("Why.", .present(.length(0...4000)))
    var reason: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { freeze }

    func change(_ record: inout Freeze, in tx: ReadTransaction) {
        if let name { record.name = name }
        if let from { record.from = from }
        if let to { record.to = to }
        if let items { record.items = items }
        if let reason { record.reason = reason }
    }
}

/// `freeze.delete`.
struct DeleteFreeze: RecordDeletion {
    static let name = "freeze.delete"
    static let summary = "Deletes a freeze."
    static let effect = Effect.destroy
    typealias Deleted = Freeze
    typealias Result = Done

    @Param("The freeze's ref or name.", .positional)
    var freeze: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { freeze }
}
