import Synchronization
import OpsJSONRPC

extension Series {
    /// How many chunks or series a transaction deletes; others write in between.
    private static let pruneSlice = 5000

    /// Deletes the chunks whose newest sample is older than the retention, and the series that
    /// have no sample left.
    ///
    /// - Throws: a `StoreError`; what was deleted before the failure stays deleted.
    public func prune() async throws -> PruneResult {
        let oldest = self.time.now() - self.settings.retention
        return try await self.writes.run {
            var result = PruneResult()
            while try await self.deleteChunks(before: oldest, &result) {}
            result.series = try await self.deleteDeadSeries()
            return result
        }
    }

    /// Deletes one slice and answers whether there may be more.
    private func deleteChunks(before oldest: Instant, _ result: inout PruneResult) async throws
        -> Bool
    {
        let slice =
            "SELECT id FROM series_chunk WHERE end_at < ? ORDER BY id LIMIT \(Self.pruneSlice)"
        let deleted = try await self.store.writeUnaudited { transaction in
            let row = try transaction.row(
                """
                SELECT COUNT(*) AS chunks, COALESCE(SUM(count), 0) AS samples
                FROM series_chunk WHERE id IN (\(slice))
                """, oldest)
            try transaction.execute("DELETE FROM series_chunk WHERE id IN (\(slice))", oldest)
            return (chunks: try row?.int("chunks") ?? 0, samples: try row?.int("samples") ?? 0)
        }
        result.chunks += deleted.chunks
        result.samples += deleted.samples
        return deleted.chunks == Self.pruneSlice
    }

    private func deleteDeadSeries() async throws -> Int {
        let ids = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT id FROM series AS candidate WHERE NOT EXISTS
                (SELECT 1 FROM series_chunk WHERE series_chunk.series = candidate.id)
                """
            ).compactMap { SeriesID(exactly: try $0.int64("id")) }
        }
        let dead = self.inParts(ids[...]) { $0.idle(among: $1) }
        for start in stride(from: 0, to: dead.count, by: Self.pruneSlice) {
            try await self.delete(Array(dead[start...].prefix(Self.pruneSlice)))
        }
        self.state.withLock { $0.forgetUnused() }
        return dead.count
    }

    /// Deletes the rows first: a series that gets a sample meanwhile is noticed afterwards and
    /// gets a new row with the next flush, which cannot run in between.
    private func delete(_ ids: [SeriesID]) async throws {
        try await self.store.writeUnaudited { transaction in
            for id in ids { try transaction.execute("DELETE FROM series WHERE id = ?", id) }
        }
        self.state.withLock { $0.forget(ids) }
    }
}
