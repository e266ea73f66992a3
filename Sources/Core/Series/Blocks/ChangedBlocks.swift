/// Blocks that are written anew without some of their samples.
struct ChangedBlocks: Sendable {
    /// The blocks' numbers, with what stays; nil when nothing does.
    var changed: [(id: Int64, row: BlockRow?)] = []
    /// How many samples go.
    var samples = 0
    /// The days in which they lie.
    var days: Set<Int64> = []

    func write(_ transaction: WriteTransaction) throws {
        for (id, row) in self.changed {
            try transaction.execute("DELETE FROM series_block WHERE id = ?", id)
            try row?.insert(transaction)
        }
    }
}

extension Series {
    /// They are kept for long.
    private static let changeLevel: Int32 = 9

    /// The blocks of a group as they are without the samples of some series in a range.
    ///
    /// Damaged ones stay as they are, as do those that hold none of these samples.
    ///
    /// - Parameter block: The number of the only block to look at; nil for all.
    func blocks(
        without ids: Set<SeriesID>, _ range: ClosedRange<Int64>, of group: Int64,
        block: Int64? = nil, _ transaction: ReadTransaction
    ) throws -> ChangedBlocks {
        var blocks = ChangedBlocks()
        try transaction.forEach(
            """
            SELECT id, count, data FROM series_block
            WHERE series_group = ? AND end_at >= ? AND start_at <= ? AND id >= ? AND id <= ?
            ORDER BY id
            """, group, range.lowerBound, range.upperBound, block ?? .min, block ?? .max
        ) { row in
            let id = try row.int64("id")
            do {
                let (kept, lost) = try BlockReader(try row.blob("data")).without(ids, range)
                guard !lost.isEmpty else { return true }
                let block = kept.isEmpty ? nil : kept.finish(level: Self.changeLevel)
                blocks.changed.append(
                    (id, block.map { BlockRow(id: id, group: group, block: $0) }))
                blocks.samples += try row.int("count") - kept.count
                blocks.days.formUnion(lost)
            } catch let error as ChunkError {
                self.noteDamagedBlock(id: id, error)
            }
            return true
        }
        return blocks
    }
}

extension BlockReader {
    /// Everything but the samples of some series in a range, and the days in which these lie.
    fileprivate func without(
        _ ids: Set<SeriesID>, _ range: ClosedRange<Int64>
    ) throws -> (kept: BlockEncoder, lost: Set<Int64>) {
        var kept = BlockEncoder()
        var lost: Set<Int64> = []
        for id in self.ids {
            var samples: [Sample] = []
            try self.read(id, into: &samples)
            if ids.contains(id) {
                let gone = samples.filter { range.contains($0.at) }
                lost.formUnion(gone.map { Day.number(of: $0.at) })
                if !gone.isEmpty { samples.removeAll { range.contains($0.at) } }
            }
            if !samples.isEmpty { kept.add(id, samples) }
        }
        return (kept, lost)
    }
}
