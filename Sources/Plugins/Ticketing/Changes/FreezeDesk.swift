internal import OpsCore
internal import OpsJSONRPC

/// Keeps the freezes.
struct FreezeDesk: Sendable {
    let store: Store

    func create(_ wish: CreateFreeze, for call: Call) async throws -> Freeze {
        try Self.refuseColon(wish.name)
        return try await call.write(to: store) { tx in try FreezeWriter.insert(wish, in: tx) }
    }

    func get(_ key: String) async throws -> Freeze {
        try await store.read { tx in try FreezeWriter.find(key, in: tx) }
    }

    func list(_ params: ListFreezes) async throws -> Page<Freeze> {
        let after = try params.cursor.map { text throws(RPCError) in
            guard let id = Int(text) else { throw .badMember("cursor", "is none of this method") }
            return id
        }
        return try await store.read { tx in
            let found = try FreezeWriter.page(after: after ?? 0, limit: params.limit + 1, in: tx)
            let page = found.prefix(params.limit)
            return Page(
                items: Array(page),
                nextCursor: found.count > page.count ? page.last.map { String($0.id) } : nil)
        }
    }

    func update(_ change: UpdateFreeze, for call: Call) async throws -> Freeze {
        if let name = change.name { try Self.refuseColon(name) }
        return try await call.write(to: store) { tx in
            let old = try FreezeWriter.find(change.freeze, in: tx)
            try Self.refuseStale(change.generation, old)
            var new = old
            if let name = change.name { new.name = name }
            if let from = change.from { new.from = from }
            if let to = change.to { new.to = to }
            if let items = change.items { new.items = items }
            if let reason = change.reason { new.reason = reason }
            return try FreezeWriter.update(old, to: new, in: tx)
        }
    }

    func delete(_ params: DeleteFreeze, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            let freeze = try FreezeWriter.find(params.freeze, in: tx)
            try Self.refuseStale(params.generation, freeze)
            try FreezeWriter.delete(freeze, in: tx)
            return Done()
        }
    }

    private static func refuseColon(_ name: String) throws(RPCError) {
        if name.contains(":") { throw .badMember("name", "must not have a colon") }
    }

    private static func refuseStale(_ generation: Int?, _ freeze: Freeze) throws(RPCError) {
        guard let generation, generation != freeze.generation else { return }
        throw .staleGeneration(
            "\"\(freeze.name)\" is at generation \(freeze.generation), not \(generation).")
    }
}
