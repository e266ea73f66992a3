internal import OpsCore
internal import OpsJSONRPC

/// What callers see.
extension MonitoringService {
    func get(_ key: String) throws -> Check { try view(resolve(key)) }

    /// A check as it stands in the store, with the newest result that fits.
    func view(_ id: Int) throws(RPCError) -> Check {
        guard let check = checks[id] else { throw Self.missing("\(StoredCheck.ref(id))") }
        let wait = schedule.due(id).map { $0 - tools.time.uptime() }
        let now = tools.time.now()
        return Check(
            check.stored, observation: check.shown,
            nextCheckAt: wait.map { now + max(.zero, $0) },
            isInMaintenance: isInMaintenance(id, at: now), catalog: tools.catalog)
    }

    func list(_ params: ListChecks) throws -> Page<Check> {
        let filter = try CheckFilter(params)
        var keys = checks.all.map(\.stored).filter(filter.accepts).map {
            CheckOrder.Key($0, params.sort)
        }
        if let cursor = params.cursor {
            guard let last = CheckOrder.Key(cursor: cursor, params.sort) else {
                throw RPCError.badMember("cursor", "is not a next_cursor of this list")
            }
            keys.removeAll { $0 <= last }
        }
        keys.sort()
        let page = keys.prefix(params.limit)
        return Page(
            items: try page.map { try view($0.id) },
            nextCursor: keys.count > page.count ? page.last?.cursor : nil)
    }

    func history(_ params: CheckHistory) async throws -> Page<CheckHistoryEntry> {
        let id = try resolve(params.check)
        let before = try params.cursor.map(Self.historyID) ?? Int.max
        let limit = params.limit
        let rows = try await tools.store.read { tx in
            try tx.rows(
                """
                SELECT \(CheckHistoryEntry.columns) FROM monitoring_history
                WHERE check_id = ? AND id < ? ORDER BY id DESC LIMIT ?
                """, id, before, limit + 1)
        }
        let page = rows.prefix(limit)
        return Page(
            items: try page.map(CheckHistoryEntry.init(row:)),
            nextCursor: rows.count > limit ? try page.last.map { "\(try $0.int("id"))" } : nil)
    }

    func statistics() -> CheckStatistics.Result {
        var states = Dictionary(uniqueKeysWithValues: CheckState.allCases.map { ($0.rawValue, 0) })
        for (state, count) in checks.states { states[state.rawValue] = count }
        return CheckStatistics.Result(
            checks: checks.count, paused: checks.pausedCount,
            states: states, running: runs.count, runs: begun,
            latenessMs: punctuality.figures, unsaved: unsaved.count + saving.count)
    }

    private static func historyID(_ cursor: String) throws(RPCError) -> Int {
        guard let id = Int(cursor) else {
            throw .badMember("cursor", "is not a next_cursor of this list")
        }
        return id
    }
}
