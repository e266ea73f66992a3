public import OpsJSONRPC

extension Series {
    /// Counts what `delete` would take away; looks at every sample in the range.
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
            var found = DeletedSamples()
            try self.forEachSeries(of: snapshots, in: range, transaction) { _, samples in
                found.series += samples.isEmpty ? 0 : 1
                found.samples += samples.count
            }
            return found
        }
    }

    /// Deletes the samples between `from` and `to`, both included, of the series that match, and the
    /// series that have no sample left.
    ///
    /// What was appended before the call is deleted. Blocks that hold other samples too are written
    /// anew without these; damaged blocks stay as they are.
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
            _ = self.inParts(ids[...]) { state, part in
                for id in part {
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
        let blocks = try await self.store.read { transaction in
            try transaction.rows(
                """
                SELECT id FROM series_block
                WHERE series_group = ? AND end_at >= ? AND start_at <= ? ORDER BY id
                """, group, range.lowerBound, range.upperBound
            ).map { try $0.int64("id") }
        }
        for block in blocks { try await self.delete(ids, range, in: block, of: group) }
    }

    /// Writes one block without the samples, or deletes its row.
    private func delete(
        _ ids: Set<SeriesID>, _ range: ClosedRange<Int64>, in block: Int64, of group: Int64
    ) async throws {
        let row = try await self.store.read {
            try $0.row("SELECT data FROM series_block WHERE id = ?", block)
        }
        guard let row else { return }
        let kept: BlockEncoder
        do {
            kept = try BlockReader(try row.blob("data")).without(ids, range)
        } catch let error as ChunkError {
            return self.noteDamagedBlock(id: block, error)
        }
        let changed =
            kept.isEmpty
            ? nil : BlockRow(id: block, group: group, block: kept.finish(level: Self.deletionLevel))
        try await self.store.writeUnaudited { transaction in
            try transaction.execute("DELETE FROM series_block WHERE id = ?", block)
            try changed?.insert(transaction)
        }
    }

    private static let deletionLevel: Int32 = 9
}

extension BlockReader {
    /// Everything but the samples of some series in a range.
    fileprivate func without(
        _ ids: Set<SeriesID>, _ range: ClosedRange<Int64>
    ) throws -> BlockEncoder {
        var encoder = BlockEncoder()
        for id in self.ids {
            var samples: [Sample] = []
            try self.read(id, into: &samples)
            if ids.contains(id) { samples.removeAll { range.contains($0.at) } }
            if !samples.isEmpty { encoder.add(id, samples) }
        }
        return encoder
    }
}
