internal import OpsCore
internal import OpsJSONRPC

/// SLOs come, change and go, and are shown.
extension SLOService {
    // MARK: - Changing

    func create(_ wish: CreateSLO, for call: Call) async throws -> SLO {
        let definition = try SLODefinition(wish)
        let stored = try await call.write(
            to: tools.store, answering: { SLO(WatchedSLO($0)) }
        ) { tx in try SLOWriter.insert(definition, in: tx) }
        let watched = WatchedSLO(stored)
        if !call.isDryRun { slos[stored.id] = watched }
        return SLO(watched)
    }

    func update(_ change: UpdateSLO, for call: Call) async throws -> SLO {
        let id = try resolve(change.slo)
        let stored = try await call.write(
            to: tools.store, answering: { SLO(WatchedSLO($0)) }
        ) { tx in
            guard let old = try SLOWriter.load(id, in: tx) else { throw Self.missing(change.slo) }
            try RPCError.refuseStale(change.generation, at: old.generation, old.definition.name)
            let definition = try old.definition.applying(change)
            return definition == old.definition
                ? old : try SLOWriter.update(old, to: definition, in: tx)
        }
        guard !call.isDryRun else { return SLO(WatchedSLO(stored)) }
        try await follow(stored)
        return try SLO(watched(id))
    }

    /// Deletes an SLO.
    ///
    /// Who was told that its budget burns is told that it does not any more.
    func delete(_ key: String, at generation: Int?, for call: Call) async throws -> Done {
        let id = try resolve(key)
        let watched = try watched(id)
        let done = try await call.write(to: tools.store) { tx in
            guard let slo = try SLOWriter.load(id, in: tx) else { throw Self.missing(key) }
            try RPCError.refuseStale(generation, at: slo.generation, slo.definition.name)
            try SLOWriter.delete(slo, last: watched, in: tx)
            return Done()
        }
        if !call.isDryRun { slos[id] = nil }
        return done
    }

    /// Follows a change that is in the store; what was counted stays as far as it still means the
    /// same.
    private func follow(_ stored: StoredSLO) async throws {
        guard let known = slos[stored.id]?.stored else { return }
        let isSame = known.revision == stored.revision
        var kept: SLOLedger?
        if isSame, known.definition.periodDays != stored.definition.periodDays {
            kept = try await tools.reader.ledgers([stored], at: tools.time.now())[stored.id]
        }
        // Answers of two writes may overtake each other; the newer generation has been here then.
        guard let old = slos[stored.id], old.stored.generation < stored.generation else { return }
        var new = WatchedSLO(stored)
        new.alerts = old.alerts
        if isSame {
            new.take(kept ?? old.ledger)
            new.current = old.current
        }
        slos[stored.id] = new
    }

    // MARK: - Reading

    func get(_ key: String) throws -> SLO { try SLO(watched(resolve(key))) }

    func list(_ params: ListSLOs) throws -> Page<SLO> {
        let found = slos.values.map(SLO.init).filter { slo in
            (params.state.map { $0 == slo.state } ?? true) && slo.name.hasPrefix(params.name ?? "")
        }
        return Page(
            found, by: \.name, after: params.cursor, limit: params.limit, show: { $0 })
    }

    func status(_ params: ShowSLOStatus) throws -> Page<SLOStatus> {
        if let key = params.slo { return Page(items: [SLOStatus(try watched(resolve(key)))]) }
        let found = slos.values.map(SLOStatus.init).filter { status in
            params.state.map { $0 == status.state } ?? true
        }
        return Page(
            found, by: { Self.place($0, params.sort) }, after: params.cursor, limit: params.limit,
            show: { $0 })
    }

    /// A place in the list as text that sorts: the least budget first, what is not known last.
    private static func place(_ status: SLOStatus, _ order: ShowSLOStatus.Order) -> String {
        guard order == .worst else { return status.name }
        guard let left = status.budgetLeftPercent, left.isFinite else { return "9 \(status.name)" }
        // Budgets are at most full, and seldom overdrawn a million times.
        let rank = Int64((min(max(left, -1e8), 100) + 1e8) * 1e6)
        let digits = "\(rank)"
        return "1 " + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
            + " \(status.name)"
    }

    private func watched(_ id: Int) throws -> WatchedSLO {
        guard let watched = slos[id] else { throw Self.missing("\(StoredSLO.ref(id))") }
        return watched
    }

    // MARK: - Refusals

    private func resolve(_ key: String) throws(RPCError) -> Int {
        if let slo = slos.values.first(where: { $0.stored.definition.name == key }) {
            return slo.stored.id
        }
        if let ref = Ref(key), ref.noun == "slo", let id = Int(ref.key), slos[id] != nil {
            return id
        }
        throw Self.missing(key)
    }

    private static func missing(_ key: String) -> RPCError { .missing(key, "slo", called: "SLO") }
}
