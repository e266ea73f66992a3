/// Merging small blocks into large ones, which take fewer bytes and are found faster.
extension Series {
    /// Takes its time: a merged block is written once and kept for long.
    private static let mergeLevel: Int32 = 9

    /// Merges everything that may be merged, also what would wait for more.
    ///
    /// Happens by itself as blocks become many; by hand it is good before a copy of the database.
    ///
    /// - Throws: a `StoreError`; what was merged before the failure stays merged.
    public func merge() async throws {
        try await self.upkeep.run {
            try await self.notingFailure {
                try await self.mergeBlocks(all: true)
                try await self.store.releaseFreePages()
            }
        }
    }

    /// Merges what the plan of each group says.
    func mergeBlocks(all: Bool) async throws {
        let least = all ? 1 : 2
        let groups = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT series_group FROM series_block GROUP BY series_group
                HAVING COUNT(*) >= ? ORDER BY series_group
                """, least
            ).map { try $0.int64("series_group") }
        }
        for group in groups { try await self.mergeBlocks(of: group, all: all) }
    }

    private func mergeBlocks(of group: Int64, all: Bool) async throws {
        let blocks = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT id, start_at, end_at, count FROM series_block
                WHERE series_group = ? ORDER BY id
                """, group
            ).map { row in
                BlockOutline(
                    id: try row.int64("id"), startAt: try row.int64("start_at"),
                    endAt: try row.int64("end_at"), count: try row.int("count"))
            }
        }
        let plan = MergePlan(blocks, all: all)
        for run in plan.runs {
            try self.endWhenStopped()
            try await self.merge(run, of: group)
        }
    }

    /// Puts one block into the place of several that follow one another.
    private func merge(_ run: [BlockOutline], of group: Int64) async throws {
        guard let last = run.last else { return }
        let block = try await self.store.read { transaction in
            try self.pack(run, transaction)
        }
        guard let block else { return }
        let row = BlockRow(id: last.id, group: group, block: block)
        try await self.store.writeUnaudited { transaction in
            for outline in run {
                try transaction.execute("DELETE FROM series_block WHERE id = ?", outline.id)
            }
            try row.insert(transaction)
        }
    }

    /// Nil when one of the blocks is damaged: it stays as it is, for somebody who can mend it.
    private func pack(_ run: [BlockOutline], _ transaction: ReadTransaction) throws -> Block? {
        var readers: [BlockReader] = []
        for outline in run {
            let row = try transaction.row("SELECT data FROM series_block WHERE id = ?", outline.id)
            do {
                readers.append(try BlockReader(try row?.blob("data") ?? []))
            } catch let error as ChunkError {
                self.noteDamagedBlock(id: outline.id, error)
                return nil
            }
        }
        var encoder = BlockEncoder()
        for id in Set(readers.flatMap(\.ids)).sorted() {
            var merge = SampleMerge(from: .min, to: .max)
            for reader in readers { try merge.add(id, of: reader) }
            encoder.add(id, merge.sorted)
        }
        return encoder.finish(level: Self.mergeLevel)
    }
}
