internal import OpsCore
internal import OpsJSONRPC

/// Keeps the queues.
struct QueueDesk: Sendable {
    let store: Store

    func create(_ wish: CreateQueue, for call: Call) async throws -> Queue {
        try Self.refuseColon(wish.name)
        return try await call.write(to: store) { tx in try QueueWriter.insert(wish, in: tx) }
    }

    func get(_ key: String) async throws -> Queue {
        try await store.read { tx in try Self.queue(key, in: tx) }
    }

    func list(_ params: ListQueues) async throws -> Page<Queue> {
        try await store.read { tx in
            let queues = try QueueWriter.page(
                after: params.cursor ?? "", limit: params.limit + 1, in: tx)
            let page = queues.prefix(params.limit)
            return Page(
                items: Array(page), nextCursor: queues.count > page.count ? page.last?.name : nil)
        }
    }

    func update(_ change: UpdateQueue, for call: Call) async throws -> Queue {
        if let name = change.name { try Self.refuseColon(name) }
        return try await call.write(to: store) { tx in
            let old = try Self.queue(change.queue, in: tx)
            try Self.refuseStale(change.generation, old)
            var new = old
            if let name = change.name { new.name = name }
            if let description = change.description { new.description = description }
            if let assignee = change.assignee { new.assignee = assignee.orNil }
            return try QueueWriter.update(old, to: new, in: tx)
        }
    }

    func delete(_ params: DeleteQueue, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            let queue = try Self.queue(params.queue, in: tx)
            try Self.refuseStale(params.generation, queue)
            try QueueWriter.delete(queue, in: tx)
            return Done()
        }
    }

    private static func queue(_ key: String, in tx: ReadTransaction) throws -> Queue {
        guard let queue = try QueueWriter.load(key, counting: true, in: tx) else {
            throw RPCError.notFound(
                "There is no queue \"\(key)\".", hint: "queue.list shows those that there are.")
        }
        return queue
    }

    /// A colon would make the name look like a ref, which a method takes in the same place.
    private static func refuseColon(_ name: String) throws(RPCError) {
        if name.contains(":") { throw .badMember("name", "must not have a colon") }
    }

    private static func refuseStale(_ generation: Int?, _ queue: Queue) throws(RPCError) {
        guard let generation, generation != queue.generation else { return }
        throw .staleGeneration(
            "\"\(queue.name)\" is at generation \(queue.generation), not \(generation).")
    }
}
