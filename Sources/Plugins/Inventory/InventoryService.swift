internal import OpsCore
internal import OpsJSONRPC

/// Answers for the inventory.
///
/// It keeps nothing in memory: every question goes to the store, and what it costs depends on what
/// is asked for, not on how much there is.
struct InventoryService: Sendable {
    let store: Store
    let workers: WorkerPool
    let time: any TimeSource
    let maxImportRecords: Int
    /// How long what nobody has documented is kept after it was observed last.
    let forgetUndocumented: Duration
    var host = HostFacts()

    func create<View: RecordView>(
        _ members: JSON.Object, for call: Call
    ) async throws -> View {
        try await call.write(to: store) { tx in
            let record = try RecordWriter.insert(members, View.kind, in: tx)
            return try Self.view(record.id, in: tx)
        }
    }

    func get<View: RecordView>(_ key: String) async throws -> View {
        try await store.read { tx in try View(RecordReader.find(key, View.kind, in: tx)) }
    }

    func list<View: RecordView>(_ query: RecordQuery) async throws -> Page<View> {
        try await store.read { tx in
            let page = try RecordReader.list(query, in: tx)
            return Page(
                items: try page.items.map(View.init), nextCursor: page.nextCursor)
        }
    }

    func update<View: RecordView>(
        _ key: String, _ changes: JSON.Object, at generation: Int?, for call: Call
    ) async throws -> View {
        try await call.write(to: store) { tx in
            let old = try RecordReader.find(key, View.kind, in: tx)
            try RPCError.refuseStale(generation, at: old.generation, old.name)
            try RecordWriter.update(old, changes, in: tx)
            return try Self.view(old.id, in: tx)
        }
    }

    func delete(
        _ key: String, _ kind: RecordKind, at generation: Int?, for call: Call
    ) async throws -> Done {
        try await call.write(to: store) { tx in
            let record = try RecordReader.find(key, kind, in: tx)
            try RPCError.refuseStale(generation, at: record.generation, record.name)
            if kind.noun == RecordKinds.item.noun {
                try RelationWriter.deleteAll(from: record, in: tx)
            }
            try RecordWriter.delete(record, in: tx)
            return Done()
        }
    }

    /// A record that was just written, with the names of what it refers to.
    private static func view<View: RecordView>(
        _ id: Int, in tx: ReadTransaction
    ) throws -> View {
        guard let record = try RecordReader.load(id, View.kind, in: tx) else {
            throw RPCError.internalError()
        }
        return try View(record)
    }
}
