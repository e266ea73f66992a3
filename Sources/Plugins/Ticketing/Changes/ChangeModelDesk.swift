internal import OpsCore
internal import OpsJSONRPC

/// Keeps the models of standard changes.
struct ChangeModelDesk: Sendable {
    let store: Store

    func create(_ wish: CreateChangeModel, for call: Call) async throws -> ChangeModel {
        try Self.refuseColon(wish.name)
        return try await call.write(to: store) { tx in
            try ChangeModelWriter.insert(wish, in: tx)
        }
    }

    func get(_ key: String) async throws -> ChangeModel {
        try await store.read { tx in try ChangeModelWriter.find(key, in: tx) }
    }

    func list(_ params: ListChangeModels) async throws -> Page<ChangeModel> {
        try await store.read { tx in
            let found = try ChangeModelWriter.page(
                after: params.cursor ?? "", limit: params.limit + 1, in: tx)
            let page = found.prefix(params.limit)
            return Page(
                items: Array(page), nextCursor: found.count > page.count ? page.last?.name : nil)
        }
    }

    func update(_ change: UpdateChangeModel, for call: Call) async throws -> ChangeModel {
        if let name = change.name { try Self.refuseColon(name) }
        return try await call.write(to: store) { tx in
            let old = try ChangeModelWriter.find(change.model, in: tx)
            try Self.refuseStale(change.generation, old)
            var new = old
            if let name = change.name { new.name = name }
            if let plan = change.plan { new.plan = plan }
            if let backout = change.backoutPlan { new.backoutPlan = backout }
            if let test = change.testPlan { new.testPlan = test }
            if let reason = change.reason { new.reason = reason }
            if let description = change.description { new.description = description }
            if let active = change.active { new.active = active }
            return try ChangeModelWriter.update(old, to: new, in: tx)
        }
    }

    func delete(_ params: DeleteChangeModel, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            let model = try ChangeModelWriter.find(params.model, in: tx)
            try Self.refuseStale(params.generation, model)
            try ChangeModelWriter.delete(model, in: tx)
            return Done()
        }
    }

    private static func refuseColon(_ name: String) throws(RPCError) {
        if name.contains(":") { throw .badMember("name", "must not have a colon") }
    }

    private static func refuseStale(_ generation: Int?, _ model: ChangeModel) throws(RPCError) {
        guard let generation, generation != model.generation else { return }
        throw .staleGeneration(
            "\"\(model.name)\" is at generation \(model.generation), not \(generation).")
    }
}
