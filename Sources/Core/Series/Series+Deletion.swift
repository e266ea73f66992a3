public import OpsJSONRPC

extension Series {
    /// Counts what `delete` would take away; looks at every sample in the range.
    ///
    /// Where only rollups are left, it counts the samples of which they were made.
    ///
    /// - Throws: a `SeriesError` when the range or a regular expression makes no sense, a
    ///   `StoreError` when the database cannot be read.
    public func countSamples(
        matching matchers: [LabelMatcher], from: Instant, to: Instant
    ) async throws -> DeletedSamples {
        let range = try SeriesRange(
            SeriesQuery(matchers: matchers, from: from, to: to), limit: .max)
        let snapshots = try await self.snapshots(matching: matchers, limit: .max)
        return try await self.store.read { transaction in
            var counts: [SeriesID: Int] = [:]
            try self.forEachSeries(of: snapshots, in: range, transaction) { snapshot, samples in
                if !samples.isEmpty { counts[snapshot.id] = samples.count }
            }
            for (group, ids) in SeriesGroup.split(snapshots.map(\.id)[...]) {
                for key in try transaction.prunedDays(of: group, from.milliseconds, to.milliseconds)
                {
                    try self.count(Set(ids), from, to, key, transaction, into: &counts)
                }
            }
            return DeletedSamples(
                series: counts.count, samples: counts.values.reduce(0, +))
        }
    }

    private func count(
        _ ids: Set<SeriesID>, _ from: Instant, _ to: Instant, _ day: SeriesDay,
        _ transaction: ReadTransaction, into counts: inout [SeriesID: Int]
    ) throws {
        let key = DayKey(group: day.group, day: day.number)
        let range = from.milliseconds...to.milliseconds
        // Minutes tell more exactly what touches the range, where they know as much.
        let tiers: [RollupTier] = [.minute, .hour]
        let rollups = try self.rollups(tiers, of: key, transaction)
        for id in ids where day.pruned.contains(id) {
            var count = 0
            try DayCells(rollups, tiers, of: id).forEachFullest(of: tiers, in: day.range) {
                if $0.touches(range, $1) { count += $0.count }
            }
            if count > 0 { counts[id, default: 0] += count }
        }
    }

    /// Deletes the samples between `from` and `to`, both included, of the series that match, and the
    /// series that have nothing left.
    ///
    /// What was appended before the call is deleted. Blocks that hold other samples too are written
    /// anew without these; damaged blocks stay as they are. The days are rolled up anew; where only
    /// rollups are left, those go that touch the range.
    ///
    /// - Throws: what `countSamples` throws; what was deleted before a failure stays deleted.
    public func delete(
        matching matchers: [LabelMatcher], from: Instant, to: Instant
    ) async throws -> DeletedSamples {
        let found = try await self.countSamples(matching: matchers, from: from, to: to)
        guard found.samples > 0 else { return found }
        let range = from.milliseconds...to.milliseconds
        try await self.upkeep.run {
            // What is only in memory and in the tail cannot be deleted, so it becomes blocks first.
            try await self.checkpointNow()
            let ids = try self.state.withLock { $0.index }.ids(matching: matchers)
            for (group, ids) in SeriesGroup.split(ids[...]) {
                try await self.delete(Set(ids), range, of: group)
            }
            try await self.rollUpDueDays()
            _ = self.inParts(ids[...]) { state, part in
                for id in part {
                    state.lastRolledDays[id] = nil
                    state.entry(id)?.head.forgetLatest(
                        from: range.lowerBound, to: range.upperBound)
                }
                return [Never]()
            }
            _ = try await self.deleteDeadSeries(since: Instant(milliseconds: .min), among: ids)
            try await self.store.releaseFreePages()
        }
        return found
    }

    private func delete(
        _ ids: Set<SeriesID>, _ range: ClosedRange<Int64>, of group: Int64
    ) async throws {
        let (blocks, days) = try await self.store.read { transaction in
            let blocks = try transaction.rows(
                """
                SELECT id FROM series_block
                WHERE series_group = ? AND end_at >= ? AND start_at <= ? ORDER BY id
                """, group, range.lowerBound, range.upperBound
            ).map { try $0.int64("id") }
            let days = try transaction.seriesDays(
                of: group, from: range.lowerBound, to: range.upperBound)
            return (blocks, days)
        }
        for block in blocks { try await self.delete(ids, range, in: block, of: group) }
        // What is rolled up anew from the samples comes back; a damaged block has none to give.
        for day in days {
            let key = DayKey(group: group, day: day.number)
            for tier in day.tiers {
                _ = try await self.rewriteRollups(tier, of: key, marksDue: true) { id, cells in
                    ids.contains(id) ? cells.filter { !$0.touches(range, tier) } : cells
                }
            }
        }
    }

    /// Writes one block without the samples, or deletes its row.
    private func delete(
        _ ids: Set<SeriesID>, _ range: ClosedRange<Int64>, in block: Int64, of group: Int64
    ) async throws {
        let change = try await self.store.read { transaction in
            try self.blocks(without: ids, range, of: group, block: block, transaction)
        }
        guard !change.changed.isEmpty else { return }
        try await self.store.writeUnaudited { transaction in
            try change.write(transaction)
            for day in change.days { try SeriesDay.markDue(group, day, transaction) }
        }
    }
}

extension RollupCell {
    /// Whether a cell of this length may hold something of a range.
    fileprivate func touches(_ range: ClosedRange<Int64>, _ tier: RollupTier) -> Bool {
        self.start <= range.upperBound && self.start + tier.length > range.lowerBound
    }
}

extension ReadTransaction {
    /// The days of a group in a range of which retention has deleted samples.
    fileprivate func prunedDays(
        of group: Int64, _ from: Int64, _ to: Int64
    ) throws -> [SeriesDay] {
        try self.seriesDays(of: group, from: from, to: to).filter { $0.pruned != .none }
    }
}
