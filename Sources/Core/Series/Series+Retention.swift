internal import OpsJSONRPC

extension Series {
    /// How many blocks a transaction deletes; others write in between.
    private static let pruneSlice = 500

    /// Deletes the blocks whose newest sample is older than the retention, and the series that
    /// have no sample left.
    ///
    /// - Throws: a `StoreError`; what was deleted before the failure stays deleted.
    public func prune() async throws -> PruneResult {
        let oldest = self.time.now() - self.settings.retention
        return try await self.upkeep.run {
            var result = PruneResult()
            while try await self.deleteBlocks(before: oldest, &result) {}
            result.series = try await self.deleteDeadSeries(since: oldest)
            if result.blocks > 0 { try await self.store.releaseFreePages() }
            return result
        }
    }

    /// Deletes one slice and answers whether there may be more.
    private func deleteBlocks(before oldest: Instant, _ result: inout PruneResult) async throws
        -> Bool
    {
        let slice =
            "SELECT id FROM series_block WHERE end_at < ? ORDER BY id LIMIT \(Self.pruneSlice)"
        let deleted = try await self.store.writeUnaudited { transaction in
            let row = try transaction.row(
                """
                SELECT COUNT(*) AS blocks, COALESCE(SUM(count), 0) AS samples
                FROM series_block WHERE id IN (\(slice))
                """, oldest)
            try transaction.execute("DELETE FROM series_block WHERE id IN (\(slice))", oldest)
            return (blocks: try row?.int("blocks") ?? 0, samples: try row?.int("samples") ?? 0)
        }
        result.blocks += deleted.blocks
        result.samples += deleted.samples
        return deleted.blocks == Self.pruneSlice
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
        let unknown = self.inParts(idle[...]) { state, part in
            part.filter { state.entry($0)?.head.latest == nil }
        }
        if !unknown.isEmpty { _ = try await self.loadLatest(of: unknown) }
        let dead = self.inParts(idle[...]) { $0.idle(among: $1, since: cutoff) }
        for (group, ids) in SeriesGroup.split(dead[...]) {
            try await self.flushes.run { try await self.delete(Set(ids), of: group) }
        }
        self.state.withLock { $0.forgetUnused() }
        return dead.count
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
