internal import OpsCore
internal import OpsJSONRPC

/// Maintenances come, change and go, and are shown.
extension MaintenanceService {
    // MARK: - Changing

    func create(_ wish: CreateMaintenance, for call: Call) async throws -> Maintenance {
        let root = try await check(wish.root)
        let definition = try MaintenanceDefinition(wish, root: root, now: tools.time.now())
        let plan = try await plan(definition)
        let now = tools.time.now()
        let stored = try await call.write(
            to: tools.store, answering: { Maintenance($0, plan.times, at: now) }
        ) { tx in try MaintenanceWriter.insert(definition, in: tx) }
        return await settled(stored, plan, call)
    }

    func update(_ change: UpdateMaintenance, for call: Call) async throws -> Maintenance {
        try await turns.run { try await self.updateNow(change, for: call) }
    }

    private func updateNow(
        _ change: UpdateMaintenance, for call: Call
    ) async throws -> Maintenance {
        let root = try await check(change.root)
        let id = try resolve(change.maintenance)
        guard let old = kept[id]?.stored else { throw Self.missing(change.maintenance) }
        let definition = try old.definition.applying(change, root: root)
        let plan = try await plan(definition)
        return try await rewrite(
            old, plan, at: change.generation, as: "maintenance.updated", for: call
        ) { $0.definition = definition }
    }

    func cancel(
        _ key: String, at generation: Int?, for call: Call
    ) async throws -> Maintenance {
        try await turns.run { try await self.cancelNow(key, at: generation, for: call) }
    }

    private func cancelNow(
        _ key: String, at generation: Int?, for call: Call
    ) async throws -> Maintenance {
        let id = try resolve(key)
        guard let old = kept[id] else { throw Self.missing(key) }
        let now = tools.time.now()
        return try await rewrite(
            old.stored, old.plan, at: generation, as: "maintenance.cancelled", for: call
        ) { $0.cancelledAt = $0.cancelledAt ?? now }
    }

    func delete(_ key: String, at generation: Int?, for call: Call) async throws -> Done {
        try await turns.run { try await self.deleteNow(key, at: generation, for: call) }
    }

    private func deleteNow(
        _ key: String, at generation: Int?, for call: Call
    ) async throws -> Done {
        let id = try resolve(key)
        let done = try await call.write(to: tools.store) { tx in
            guard let stored = try MaintenanceWriter.load(id, in: tx) else {
                throw Self.missing(key)
            }
            try RPCError.refuseStale(generation, at: stored.generation, stored.definition.name)
            try MaintenanceWriter.delete(stored, in: tx)
            return Done()
        }
        guard !call.isDryRun else { return done }
        kept[id] = nil
        tools.book.set(id, nil)
        await tellOthers()
        await look()
        return done
    }

    /// Writes what a change makes of a maintenance, unless it changes nothing, and follows it.
    private func rewrite(
        _ old: StoredMaintenance, _ plan: MaintenancePlan?, at generation: Int?, as topic: String,
        for call: Call, _ change: @escaping @Sendable (inout StoredMaintenance) -> Void
    ) async throws -> Maintenance {
        let now = tools.time.now()
        let stored = try await call.write(
            to: tools.store, answering: { Maintenance($0, plan?.times, at: now) }
        ) { tx in
            guard let old = try MaintenanceWriter.load(old.id, in: tx) else {
                throw Self.missing("\(old.ref)")
            }
            try RPCError.refuseStale(generation, at: old.generation, old.definition.name)
            var new = old
            change(&new)
            let isSame = new.definition == old.definition && new.cancelledAt == old.cancelledAt
            return isSame ? old : try MaintenanceWriter.update(old, to: new, as: topic, in: tx)
        }
        return await settled(stored, plan, call)
    }

    /// Follows what was written; the answer comes when what it changes is announced.
    private func settled(
        _ stored: StoredMaintenance, _ plan: MaintenancePlan?, _ call: Call
    ) async -> Maintenance {
        guard !call.isDryRun else { return Maintenance(stored, plan?.times, at: tools.time.now()) }
        follow(stored, plan)
        // The scope may have changed while the window stays.
        await tellOthers()
        await look()
        return Maintenance(stored, plan?.times, at: tools.time.now())
    }

    private func check(_ key: String?) async throws -> Int? {
        guard let key, !key.isEmpty else { return nil }
        do {
            return try await tools.checks.resolve(key)
        } catch {
            throw RPCError.badMember("root", "is no check: \"\(key)\"")
        }
    }

    // MARK: - Reading

    func get(_ key: String) throws -> Maintenance { try view(resolve(key), tools.time.now()) }

    func list(_ params: ListMaintenances) async throws -> Page<Maintenance> {
        var subject: MaintenanceSubject?
        if let check = params.check { subject = try await tools.checks.subject(of: check) }
        let now = tools.time.now()
        let found = try kept.keys.map { try view($0, now) }.filter { item in
            (params.state.map { $0 == item.state } ?? true)
                && (subject.map { covers(item, $0) } ?? true)
        }
        return Page(
            found, by: { Self.place($0, params.sort) }, after: params.cursor, limit: params.limit,
            show: { $0 })
    }

    private func covers(_ item: Maintenance, _ subject: MaintenanceSubject) -> Bool {
        Int(item.ref.key).flatMap { kept[$0]?.plan?.scope.covers(subject) } ?? false
    }

    private func view(_ id: Int, _ now: Instant) throws -> Maintenance {
        guard let one = kept[id] else { throw Self.missing("\(StoredMaintenance.ref(id))") }
        return Maintenance(one.stored, one.plan?.times, at: now)
    }

    /// A place in the list, as text that sorts; names are unique.
    private static func place(_ item: Maintenance, _ order: ListMaintenances.Order) -> String {
        guard order == .next else { return item.name }
        switch item.state {
        case .active: return "0 \(item.name)"
        case .scheduled: return "1 \(item.nextStartsAt.map { "\($0)" } ?? "") \(item.name)"
        case .ended: return "2 \(item.name)"
        case .cancelled: return "3 \(item.name)"
        }
    }

    // MARK: - Refusals

    private func resolve(_ key: String) throws(RPCError) -> Int {
        if let one = kept.values.first(where: { $0.stored.definition.name == key }) {
            return one.stored.id
        }
        if let ref = Ref(key), ref.noun == "maintenance", let id = Int(ref.key), kept[id] != nil {
            return id
        }
        throw Self.missing(key)
    }

    private static func missing(_ key: String) -> RPCError { .missing(key, "maintenance") }
}
