/// What one transaction of the series store writes.
struct SeriesBatch: Sendable {
    /// Series without a row, with the ids that they had when the batch was put together.
    var series: [(id: SeriesID, key: SeriesKey)] = []
    var rows: [TailRow] = []
    var chunks: [(series: SeriesID, closed: ClosedChunk)] = []
    /// The last row of the tail whose samples are all in chunks, to be deleted with those before.
    var coveredTailID: Int64?

    var isEmpty: Bool {
        self.series.isEmpty && self.rows.isEmpty && self.chunks.isEmpty
            && self.coveredTailID == nil
    }

    func write(_ transaction: WriteTransaction) throws {
        // A commit may have reached the disk although it was reported as failed. Repeating it has
        // to be harmless.
        for series in self.series {
            try transaction.execute(
                """
                INSERT INTO series (id, name, labels) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING
                """, series.id, series.key.name, StoredLabels.text(of: series.key.labels))
        }
        for row in self.rows {
            try transaction.execute(
                "INSERT INTO series_tail (id, data) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                row.id, row.writer.bytes)
        }
        for (series, closed) in self.chunks {
            try self.write(closed, of: series, transaction)
        }
        if let coveredTailID {
            try transaction.execute("DELETE FROM series_tail WHERE id <= ?", coveredTailID)
        }
    }

    private func write(
        _ closed: ClosedChunk, of series: SeriesID, _ transaction: WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO series_chunk (id, series, start_at, end_at, count, data)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """, closed.id, series, closed.chunk.startAt, closed.chunk.endAt, closed.chunk.count,
            closed.chunk.bytes)
    }
}
