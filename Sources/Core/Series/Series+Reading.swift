internal import OpsJSONRPC

/// Looking into the store's blocks.
extension Series {
    /// Hands over the samples of each series in the range, unpacking every block once.
    ///
    /// Damaged blocks are skipped, counted and logged.
    ///
    /// - Parameter snapshots: By ascending id.
    func forEachSeries(
        of snapshots: [SeriesSnapshot], in range: SeriesRange, _ transaction: ReadTransaction,
        _ body: (SeriesSnapshot, [Sample]) throws -> Void
    ) throws {
        var rest = snapshots[...]
        while let first = rest.first {
            let group = SeriesGroup.number(of: first.id)
            let part = rest.prefix { SeriesGroup.number(of: $0.id) == group }
            rest = rest[part.endIndex...]
            var merges = part.map { _ in SampleMerge(from: range.from, to: range.to) }
            try self.forEachBlock(of: group, range.from, range.to, transaction) { block in
                for (index, snapshot) in part.enumerated() {
                    try merges[index].add(snapshot.id, of: block)
                }
            }
            for (index, snapshot) in part.enumerated() {
                for chunk in snapshot.chunks where chunk.overlaps(range.from, range.to) {
                    try merges[index].add(chunk.bytes)
                }
                try body(snapshot, merges[index].sorted)
                // Given back at once: the samples of all series together may be many.
                merges[index] = SampleMerge(from: range.from, to: range.to)
            }
        }
    }

    /// Hands over the blocks of a group that reach into a range, those that count more later.
    ///
    /// Answers whether all of them could be read.
    ///
    /// - Parameter byTime: Whether they come in order of time, which makes no difference where
    ///   they lie apart.
    @discardableResult
    func forEachBlock(
        of group: Int64, _ from: Int64, _ to: Int64, byTime: Bool = false,
        _ transaction: ReadTransaction, _ body: (BlockReader) throws -> Void
    ) throws -> Bool {
        var isWhole = true
        try transaction.forEach(
            """
            SELECT id, data FROM series_block
            WHERE series_group = ? AND end_at >= ? AND start_at <= ?
            ORDER BY \(byTime ? "end_at" : "id")
            """, group, from, to
        ) { row in
            do {
                try body(try BlockReader(try row.blob("data")))
            } catch let error as ChunkError {
                self.noteDamagedBlock(id: try row.int64("id"), error)
                isWhole = false
            }
            return true
        }
        return isWhole
    }

    /// Reads the newest samples from the blocks and keeps them for the next time.
    ///
    /// - Parameter ids: Ascending.
    func loadLatest(of ids: [SeriesID]) async throws -> [SeriesID: Sample] {
        let found = try await self.store.read { transaction in
            var found: [SeriesID: Sample] = [:]
            for (group, ids) in SeriesGroup.split(ids[...]) {
                var search = LatestSearch(ids)
                try self.search(&search, in: group, transaction)
                found.merge(search.found) { $1 }
            }
            return found
        }
        let known = found.map { (id: $0.key, sample: $0.value) }
        self.state.withLock { state in
            for (id, sample) in known { state.entry(id)?.head.learn(sample) }
        }
        return found
    }

    private func search(
        _ search: inout LatestSearch, in group: Int64, _ transaction: ReadTransaction
    ) throws {
        try transaction.forEach(
            """
            SELECT id, end_at, data FROM series_block WHERE series_group = ?
            ORDER BY end_at DESC, id DESC
            """, group
        ) { row in
            let id = try row.int64("id")
            guard search.goesOn(before: try row.int64("end_at")) else { return false }
            do {
                try search.look(into: try BlockReader(try row.blob("data")), id: id)
            } catch let error as ChunkError {
                self.noteDamagedBlock(id: id, error)
            }
            return true
        }
    }
}
