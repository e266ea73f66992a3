internal import OpsCore

/// `queue.create`.
struct CreateQueue: RecordCreation {
    static let name = "queue.create"
    static let summary = "Creates a queue, in which tickets wait for a team."
    static let effect = Effect.write
    typealias Result = Queue

    @Param("The queue's unique name.", .positional, .length(1...100), .example("network"))
    var name: String
    @Param("What belongs into it.", .length(0...4000))
    var description: String = ""
    @Param("Who gets a ticket that comes in and has nobody.", .present(.length(1...200)))
    var assignee: String?

    func record(in tx: WriteTransaction) throws -> Queue {
        Queue(
            ref: try Queue.nextRef(in: tx), name: name, description: description,
            assignee: assignee, open: 0, createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }
}

/// `queue.get`.
struct GetQueue: RecordRequest {
    static let name = "queue.get"
    static let summary = "Shows a queue and how many of its tickets are open."
    static let effect = Effect.read
    typealias Shown = Queue
    typealias Result = Queue

    @Param("The queue's ref or name.", .positional)
    var queue: String
    var key: String { queue }
}

/// `queue.list`.
struct ListQueues: RecordListing {
    static let name = "queue.list"
    static let summary = "Lists queues by name."
    static let effect = Effect.read
    static let columns = ["name", "open", "assignee", "description"]
    typealias Listed = Queue

    @Param("How many queues to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `queue.update`.
struct UpdateQueue: RecordChange {
    static let name = "queue.update"
    static let summary = "Changes the given members of a queue; an empty text removes one."
    static let effect = Effect.write
    typealias Result = Queue

    @Param("The queue's ref or name.", .positional)
    var queue: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("What belongs into it.", .present(.length(0...4000)))
    var description: String?
    @Param("Who gets a ticket that comes in and has nobody.", .present(.length(0...200)))
    var assignee: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { queue }

    func change(_ record: inout Queue, in tx: ReadTransaction) {
        if let name { record.name = name }
        if let description { record.description = description }
        if let assignee { record.assignee = assignee.orNil }
    }
}

/// `queue.delete`.
struct DeleteQueue: RecordDeletion {
    static let name = "queue.delete"
    static let summary = "Deletes a queue that has no tickets."
    static let effect = Effect.destroy
    typealias Deleted = Queue
    typealias Result = Done

    @Param("The queue's ref or name.", .positional)
    var queue: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { queue }
}
