internal import OpsCore
internal import OpsJSONRPC

/// Keeps the views, and lists what they ask for.
struct ViewDesk: Sendable {
    let store: Store

    func create(_ wish: CreateView, for call: Call) async throws -> View {
        let reader = ViewWriter.Reader(call)
        try Self.refuseSharing(wish.shared, reader)
        return try await call.write(to: store) { tx in
            let view = View(
                ref: View.ref(try tx.nextID("view")), name: wish.name,
                description: wish.description, owner: reader.name, shared: wish.shared,
                filter: wish.filter, sort: wish.sort, columns: wish.columns, createdAt: tx.now,
                updatedAt: tx.now, generation: 1)
            try view.check()
            try ViewWriter.insert(view, in: tx)
            return view
        }
    }

    func get(_ params: GetView, for call: Call) async throws -> View {
        try await store.read { try ViewWriter.find(params.view, for: .init(call), in: $0) }
    }

    func list(_ params: ListViews, for call: Call) async throws -> Page<View> {
        try await store.read { tx in
            try ViewWriter.page(
                after: params.cursor, limit: params.limit, for: .init(call), in: tx)
        }
    }

    func update(_ change: UpdateView, for call: Call) async throws -> View {
        let reader = ViewWriter.Reader(call)
        try Self.refuseSharing(change.shared ?? false, reader)
        return try await call.write(to: store) { tx in
            let old = try ViewWriter.find(change.view, for: reader, in: tx)
            try RPCError.refuseStale(change.generation, at: old.generation, old.name)
            var new = old
            if let name = change.name { new.name = name }
            if let filter = change.filter { new.filter = filter }
            if let sort = change.sort { new.sort = sort }
            if let columns = change.columns { new.columns = columns }
            if let shared = change.shared { new.shared = shared }
            if let description = change.description { new.description = description }
            // It would be gone for who asks.
            guard new.shared || new.owner == reader.name else {
                throw RPCError.badMember("shared", "can be taken back by \(old.owner) only")
            }
            try new.check()
            return try ViewWriter.update(old, to: new, in: tx)
        }
    }

    func delete(_ params: DeleteView, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            let view = try ViewWriter.find(params.view, for: .init(call), in: tx)
            try RPCError.refuseStale(params.generation, at: view.generation, view.name)
            try ViewWriter.delete(view, in: tx)
            return Done()
        }
    }

    func run(_ params: RunView, for call: Call) async throws -> ViewPage {
        try await store.read { tx in
            let view = try ViewWriter.find(params.view, for: .init(call), in: tx)
            var list = try view.applied(to: [:])
            (list.limit, list.cursor) = (params.limit, params.cursor)
            let page = try TicketDesk.page(list, for: call, in: tx)
            return ViewPage(
                columns: view.shown, items: page.tickets.map { view.row($0.0) },
                nextCursor: page.next)
        }
    }

    private static func refuseSharing(
        _ shared: Bool, _ reader: ViewWriter.Reader
    ) throws(RPCError) {
        guard shared, reader.seesOwnOnly else { return }
        throw .badMember("shared", "is for those who work on tickets")
    }
}
