internal import OpsJSONRPC

extension Series {
    /// How many rows a transaction deletes; others write in between.
    private static let pruneSlice = 100

    /// How long a series is kept: as the first rule says that matches it.
    public func retention(of key: SeriesKey) -> SeriesRetention { self.policy.retention(of: key) }

    /// Deletes what is older than the retention, whole days of UTC at a time, and the series that
    /// have nothing left.
    ///
    /// Every day is rolled up before its samples go. Blocks and rollups that hold other series too
    /// are written anew without those that go.
    ///
    /// - Throws: a `StoreError`; what was deleted before the failure stays deleted.
    public func prune() async throws -> PruneResult {
        try await self.upkeep.run {
            try await self.notingFailure { try await self.pruneNow() }
        }
    }

    private func pruneNow() async throws -> PruneResult {
        let now = self.time.now()
        // What is not rolled up must not be deleted.
        try await self.rollUpDueDays()
        var result = PruneResult()
        try await self.pruneSamples(now, &result)
        for tier in RollupTier.allCases { try await self.pruneRollups(tier, now, &result) }
        result.series = try await self.deleteDeadSeries(now)
        if result.blocks + result.rollups > 0 { try await self.store.releaseFreePages() }
        let samples = result.samples
        self.state.withLock { state in
            state.rolledUp = []
            state.statistics.samplesPruned += samples
            state.statistics.lastPruneAt = now
        }
        return result
    }

    /// The first day that is still kept.
    static func firstDay(_ now: Instant, _ retention: Duration) -> Int64 {
        Day.number(of: (now - retention).milliseconds)
    }

    // MARK: - Samples

    private func pruneSamples(_ now: Instant, _ result: inout PruneResult) async throws {
        let bounds = self.policy.bounds(\.samples)
        let (firstKept, firstOfAll) = (
            Self.firstDay(now, bounds.greatest), Self.firstDay(now, bounds.least)
        )
        try await self.pruneWholeDays(before: firstKept, &result)
        guard firstOfAll > firstKept else { return }
        let days = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT series_group, day, due, pruned, pruned_series, has_late FROM series_day
                WHERE day >= ? AND day < ? AND pruned <> 2 ORDER BY series_group, day
                """, firstKept, firstOfAll
            ).map { (day: try SeriesDay($0), hasLate: try $0.bool("has_late")) }
        }
        var retentions = GroupRetentions(self.policy)
        for (day, hasLate) in days {
            let known = retentions.of(day.group, self.state)
            let ids = Set(
                known.keys.filter { id in
                    day.number < Self.firstDay(now, known[id]?.samples ?? .zero)
                        && (hasLate || !day.pruned.contains(id))
                })
            try self.endWhenStopped()
            if !ids.isEmpty { try await self.pruneSamples(of: ids, day, &result) }
        }
    }

    /// Deletes the blocks of the days of which no series is kept.
    private func pruneWholeDays(before day: Int64, _ result: inout PruneResult) async throws {
        let end = Day.range(day).lowerBound
        // First, since this keeps the rollups: a day of which blocks are gone must not be rolled up
        // anew from what is left of it.
        try await self.store.writeUnaudited { transaction in
            try transaction.execute(
                """
                UPDATE series_day SET pruned = 2, pruned_series = NULL, has_late = 0
                WHERE day < ? AND (pruned <> 2 OR has_late = 1)
                """, day)
        }
        // Blocks that end earlier, whatever their days: a broken clock's too.
        let slice =
            "SELECT id FROM series_block WHERE end_at < ? ORDER BY id LIMIT \(Self.pruneSlice)"
        var deleted = PruneResult()
        repeat {
            try self.endWhenStopped()
            deleted = try await self.store.writeUnaudited { transaction in
                let row = try transaction.row(
                    """
                    SELECT COUNT(*) AS blocks, COALESCE(SUM(count), 0) AS samples
                    FROM series_block WHERE id IN (\(slice))
                    """, end)
                try transaction.execute("DELETE FROM series_block WHERE id IN (\(slice))", end)
                var deleted = PruneResult()
                deleted.blocks = try row?.int("blocks") ?? 0
                deleted.samples = try row?.int("samples") ?? 0
                return deleted
            }
            result.blocks += deleted.blocks
            result.samples += deleted.samples
        } while deleted.blocks == Self.pruneSlice
        try await self.store.writeUnaudited { transaction in
            // Nothing is left of a day from before 1970, which is never rolled up.
            try transaction.execute("DELETE FROM series_day WHERE day < 0 AND day < ?", day)
        }
    }

    /// Deletes a day's samples of some of its group's series.
    private func pruneSamples(
        of ids: Set<SeriesID>, _ day: SeriesDay, _ result: inout PruneResult
    ) async throws {
        let change = try await self.store.read { transaction in
            try self.blocks(without: ids, day.range, of: day.group, transaction)
        }
        let stored = day.pruned.union(ids).stored
        try await self.store.writeUnaudited { transaction in
            try change.write(transaction)
            try transaction.execute(
                """
                UPDATE series_day SET pruned = ?, pruned_series = ?, has_late = 0
                WHERE series_group = ? AND day = ?
                """, stored.kind, stored.ids, day.group, day.number)
        }
        result.blocks += change.changed.count
        result.samples += change.samples
    }

    // MARK: - Rollups

    private func pruneRollups(
        _ tier: RollupTier, _ now: Instant, _ result: inout PruneResult
    ) async throws {
        let bounds = self.policy.bounds { $0.duration(of: tier) }
        let (firstKept, firstOfAll) = (
            Self.firstDay(now, bounds.greatest), Self.firstDay(now, bounds.least)
        )
        try await self.pruneWholeRollups(tier, before: firstKept, &result)
        guard firstOfAll > firstKept else { return }
        let keys = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT series_group, day FROM series_rollup
                WHERE tier = ? AND day >= ? AND day < ? ORDER BY series_group, day
                """, tier.rawValue, firstKept, firstOfAll
            ).map { try DayKey($0) }
        }
        let (last, rolledUp) = self.state.withLock { ($0.lastPruned[tier], $0.rolledUp) }
        let over = last.map { last in
            self.policy.daysOver({ $0.duration(of: tier) }, since: last, at: now)
        }
        var retentions = GroupRetentions(self.policy)
        // What was looked at before and has not been written since has nothing more to lose.
        for key in keys
        where over?.contains(where: { $0.contains(key.day) }) ?? true || rolledUp.contains(key) {
            let known = retentions.of(key.group, self.state)
            try self.endWhenStopped()
            let changed = try await self.rewriteRollups(tier, of: key) { id, cells in
                // Nobody knows how long one is to be kept whose name cannot be read.
                guard let kept = known[id]?.duration(of: tier) else { return cells }
                return key.day < Self.firstDay(now, kept) ? [] : cells
            }
            result.rollups += changed ? 1 : 0
        }
        self.state.withLock { $0.lastPruned[tier] = now }
    }

    /// Deletes the rollups of the days of which no series is kept.
    private func pruneWholeRollups(
        _ tier: RollupTier, before day: Int64, _ result: inout PruneResult
    ) async throws {
        var deleted = 0
        repeat {
            try self.endWhenStopped()
            deleted = try await self.store.writeUnaudited { transaction in
                try transaction.execute(
                    """
                    DELETE FROM series_rollup WHERE (series_group, tier, day) IN (
                        SELECT series_group, tier, day FROM series_rollup
                        WHERE tier = ? AND day < ? LIMIT \(Self.pruneSlice))
                    """, tier.rawValue, day)
            }
            result.rollups += deleted
        } while deleted == Self.pruneSlice
        guard tier == .hour else { return }
        try await self.store.writeUnaudited { transaction in
            try transaction.execute("DELETE FROM series_day WHERE day < ?", day)
        }
    }

    /// Writes the rollups of a day anew, when `body` takes cells of a series away.
    ///
    /// - Parameter marksDue: Whether the day is to be rolled up again then.
    func rewriteRollups(
        _ tier: RollupTier, of key: DayKey, marksDue: Bool = false,
        _ body: @escaping @Sendable (SeriesID, [RollupCell]) -> [RollupCell]
    ) async throws -> Bool {
        let made = try await self.store.read { transaction -> RollupEncoder? in
            guard let rollups = try self.rollups(tier, of: key, transaction) else { return nil }
            var encoder = RollupEncoder()
            var isChanged = false
            for id in rollups.ids {
                let cells = try rollups.cells(of: id)
                let kept = body(id, cells)
                isChanged = isChanged || kept.count < cells.count
                encoder.add(id, kept)
            }
            return isChanged ? encoder : nil
        }
        guard let made else { return false }
        let bytes = made.isEmpty ? nil : made.finish()
        try await self.store.writeUnaudited { transaction in
            try transaction.execute(
                "DELETE FROM series_rollup WHERE series_group = ? AND tier = ? AND day = ?",
                key.group, tier.rawValue, key.day)
            if let bytes { try transaction.insertRollup(bytes, tier, key) }
            if marksDue { try SeriesDay.markDue(key.group, key.day, transaction) }
        }
        return true
    }

    // MARK: - Series

    private func deleteDeadSeries(_ now: Instant) async throws -> Int {
        let cutoff = Day.range(Self.firstDay(now, self.policy.bounds(\.samples).greatest))
            .lowerBound
        return try await self.deleteDeadSeries(since: Instant(milliseconds: cutoff))
    }

    /// Deletes the series of which nothing since `oldest` is left, in memory or in the store.
    ///
    /// - Parameter among: Which series may go, by ascending id; all when left out.
    func deleteDeadSeries(
        since oldest: Instant, among: [SeriesID]? = nil
    ) async throws -> Int {
        let cutoff = oldest.milliseconds
        let ids = among ?? self.state.withLock { $0.index.all }
        let idle = self.inParts(ids[...]) { $0.idle(among: $1, since: cutoff) }
        // Of those that have rollups it makes no difference when the newest sample was.
        let kept = self.keptByRollups(idle)
        let unknown = self.inParts(idle[...]) { state, part in
            part.filter { state.entry($0)?.head.latest == nil && !kept.contains($0) }
        }
        if !unknown.isEmpty { _ = try await self.loadLatest(of: unknown) }
        var dead = self.inParts(idle[...]) { $0.idle(among: $1, since: cutoff) }
        let rolled = try await self.rolledSeries(among: dead)
        dead.removeAll(where: rolled.contains)
        for (group, ids) in SeriesGroup.split(dead[...]) {
            try await self.flushes.run { try await self.delete(Set(ids), of: group) }
        }
        self.state.withLock { $0.forgetUnused() }
        return dead.count
    }

    /// Those of which there still are rollups.
    ///
    /// The last day of each is remembered, so that not all rollups are read each time.
    private func rolledSeries(among ids: [SeriesID]) async throws -> Set<SeriesID> {
        var rolled = self.keptByRollups(ids)
        var found: [SeriesID: Int64] = [:]
        for (group, ids) in SeriesGroup.split(ids.filter { !rolled.contains($0) }[...]) {
            for (id, day) in try await self.lastRolledDays(of: Set(ids), group) {
                found[id] = day
                rolled.insert(id)
            }
        }
        let gone = ids.filter { !rolled.contains($0) }
        let days = found
        self.state.withLock { state in
            state.lastRolledDays.merge(days) { $1 }
            for id in gone { state.lastRolledDays[id] = nil }
        }
        return rolled
    }

    /// Those of which rollups are remembered that are still kept.
    private func keptByRollups(_ ids: [SeriesID]) -> Set<SeriesID> {
        let now = self.time.now()
        let policy = self.policy
        return Set(
            self.inParts(ids[...]) { state, part in
                part.filter { id in
                    guard let day = state.lastRolledDays[id], let entry = state.entry(id) else {
                        return false
                    }
                    let key = state.index.symbols.key(entry.key)
                    return day >= Self.firstDay(now, policy.retention(of: key).hours)
                }
            })
    }

    private func lastRolledDays(
        of ids: Set<SeriesID>, _ group: Int64
    ) async throws -> [SeriesID: Int64] {
        try await self.store.read { transaction in
            var missing = ids
            var found: [SeriesID: Int64] = [:]
            try transaction.forEach(
                """
                SELECT series_group, day, data FROM series_rollup
                WHERE series_group = ? AND tier = ? ORDER BY day DESC
                """, group, RollupTier.hour.rawValue
            ) { row in
                let key = try DayKey(row)
                do {
                    for id in try RollupReader(try row.blob("data")).ids
                    where missing.remove(id) != nil { found[id] = key.day }
                } catch let error as ChunkError {
                    self.noteDamagedRollup(key, error)
                }
                return !missing.isEmpty
            }
            return found
        }
    }

    /// Changes the row first: a series that gets a sample meanwhile is noticed afterwards and
    /// is written again with the next flush, which cannot run in between.
    private func delete(_ ids: Set<SeriesID>, of group: Int64) async throws {
        let left = self.state.withLock { $0.keys(inGroup: group) }
            .filter { !ids.contains($0.id) }
        let data = left.isEmpty ? nil : GroupKeys.pack(left)
        try await self.store.writeUnaudited { transaction in
            guard let data else {
                return try transaction.execute("DELETE FROM series_group WHERE number = ?", group)
            }
            return try transaction.execute(
                "UPDATE series_group SET data = ? WHERE number = ?", data, group)
        }
        self.state.withLock { $0.forget(ids.sorted()) }
    }
}

/// How long the series of a group are kept, found out once for all of its days.
private struct GroupRetentions {
    private let policy: RetentionPolicy
    private var group: Int64?
    private var retentions: [SeriesID: SeriesRetention] = [:]

    init(_ policy: RetentionPolicy) {
        self.policy = policy
    }

    mutating func of(
        _ group: Int64, _ state: Guarded<SeriesState>
    ) -> [SeriesID: SeriesRetention] {
        guard self.group != group else { return self.retentions }
        self.group = group
        self.retentions = [:]
        for (id, key) in state.withLock({ $0.keys(inGroup: group) }) {
            self.retentions[id] = self.policy.retention(of: key)
        }
        return self.retentions
    }
}
