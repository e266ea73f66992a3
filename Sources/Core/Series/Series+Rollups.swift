internal import OpsJSONRPC

/// Rolling days up, once they are over and whenever samples came or went since.
extension Series {
    /// Rolls up every day that is over and has changed since it was rolled up.
    ///
    /// Happens by itself after checkpoints and before samples are deleted. Runs on a worker and
    /// goes day by day; each is a transaction of its own.
    ///
    /// - Throws: a `StoreError`; what was rolled up before the failure stays.
    public func rollUp() async throws {
        try await self.upkeep.run {
            try await self.notingFailure { try await self.rollUpDueDays() }
        }
    }

    func rollUpDueDays() async throws {
        try await self.markDamagedDays()
        let now = self.time.now()
        let today = Day.number(of: now.milliseconds)
        // Days before 1970 come from broken clocks, and their samples go with the next pruning.
        let due = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT series_group, day FROM series_day
                WHERE due = 1 AND day >= 0 AND day < ? ORDER BY series_group, day
                """, today
            ).map { try DayKey($0) }
        }
        for key in due {
            // There may be much to do, after an import for example, and checkpoints wait for it.
            if self.isTailLarge { try await self.writeHeads() }
            try self.endWhenStopped()
            try await self.rollUp(key)
        }
        self.state.withLock { $0.statistics.lastRollupAt = now }
    }

    private func markDamagedDays() async throws {
        let damaged = self.state.withLock { $0.daysToMend }
        guard !damaged.isEmpty else { return }
        try await self.store.writeUnaudited { transaction in
            for key in damaged { try SeriesDay.markDue(key.group, key.day, transaction) }
        }
    }

    /// Nothing of the day's blocks changes meanwhile: all upkeep runs one piece after the other.
    private func rollUp(_ key: DayKey) async throws {
        let made = try await self.store.read { try self.packRollups(of: key, $0) }
        try await self.store.writeUnaudited { transaction in
            try transaction.execute(
                "DELETE FROM series_rollup WHERE series_group = ? AND day = ?", key.group, key.day)
            for (tier, bytes) in made.rows {
                try transaction.insertRollup(bytes, tier, key)
            }
            guard !made.isEmpty else {
                return try transaction.execute(
                    "DELETE FROM series_day WHERE series_group = ? AND day = ?", key.group, key.day)
            }
            return try transaction.execute(
                """
                UPDATE series_day SET due = 0, has_late = CASE pruned WHEN 0 THEN 0 ELSE 1 END
                WHERE series_group = ? AND day = ?
                """, key.group, key.day)
        }
        self.state.withLock { state in
            state.rolledUp.insert(key)
            state.daysToMend.remove(key)
            state.statistics.daysRolledUp += 1
            state.statistics.rollupBytesWritten += made.rows.reduce(0) { $0 + $1.bytes.count }
        }
    }

    /// The rollups of a day, made of its samples.
    ///
    /// Of series whose samples retention has deleted the former rollups stay, and so they do where
    /// a block is damaged.
    private func packRollups(
        of key: DayKey, _ transaction: ReadTransaction
    ) throws -> PackedRollups {
        let range = Day.range(key.day)
        let pruned =
            try transaction.seriesDays(
                of: key.group, from: range.lowerBound, to: range.upperBound
            ).first?.pruned ?? .none
        var blocks: [BlockReader] = []
        let isWhole = try self.forEachBlock(
            of: key.group, range.lowerBound, range.upperBound, transaction
        ) { blocks.append($0) }
        let keepsAll = !isWhole
        let former =
            keepsAll || pruned != .none
            ? try self.rollups(RollupTier.allCases, of: key, transaction) : [:]
        let ids = Set(blocks.flatMap(\.ids) + former.values.flatMap(\.ids)).sorted()
        var encoders = RollupTier.allCases.map { _ in RollupEncoder() }
        for id in ids {
            var merge = SampleMerge(from: range.lowerBound, to: range.upperBound)
            for block in blocks { try merge.add(id, of: block) }
            let cells = try DayCells(
                of: merge.sorted, or: keepsAll || pruned.contains(id) ? former : [:], of: id)
            for (place, tier) in RollupTier.allCases.enumerated() {
                encoders[place].add(id, cells.of(tier))
            }
        }
        return PackedRollups(
            isEmpty: blocks.isEmpty && isWhole && pruned == .none,
            rows: zip(RollupTier.allCases, encoders).compactMap { tier, encoder in
                encoder.isEmpty ? nil : (tier, encoder.finish())
            })
    }

    /// The rollups of a day that can be read, of some lengths.
    func rollups(
        _ tiers: [RollupTier], of key: DayKey, _ transaction: ReadTransaction
    ) throws -> [RollupTier: RollupReader] {
        var rollups: [RollupTier: RollupReader] = [:]
        for tier in tiers {
            rollups[tier] = try self.rollups(tier, of: key, transaction)
        }
        return rollups
    }

    /// The rollups of a day as they are stored; nil when there are none, or damaged ones.
    func rollups(
        _ tier: RollupTier, of key: DayKey, _ transaction: ReadTransaction
    ) throws -> RollupReader? {
        let row = try transaction.row(
            "SELECT data FROM series_rollup WHERE series_group = ? AND tier = ? AND day = ?",
            key.group, tier.rawValue, key.day)
        guard let row else { return nil }
        do {
            return try RollupReader(try row.blob("data"))
        } catch let error as ChunkError {
            self.noteDamagedRollup(key, error)
            return nil
        }
    }

    /// Notes damaged rollups, which are made anew from what samples there are.
    func noteDamagedRollup(_ key: DayKey, _ error: ChunkError) {
        let isFirst = self.state.withLock { state in
            guard state.daysToMend.insert(key).inserted else { return false }
            state.statistics.damaged += 1
            return true
        }
        guard isFirst else { return }
        self.logger.error(
            "A damaged rollup was skipped.",
            metadata: [
                "group": "\(key.group)", "day": "\(key.day)", "error": "\(error)",
            ])
    }
}

/// What a day came to.
private struct PackedRollups: Sendable {
    /// Whether there is nothing of the day at all.
    let isEmpty: Bool
    let rows: [(tier: RollupTier, bytes: [UInt8])]
}

extension WriteTransaction {
    /// Adds the rollups of a day; there may be none of this length yet.
    func insertRollup(_ bytes: [UInt8], _ tier: RollupTier, _ key: DayKey) throws {
        try self.execute(
            "INSERT INTO series_rollup (series_group, tier, day, data) VALUES (?, ?, ?, ?)",
            key.group, tier.rawValue, key.day, bytes)
    }
}
