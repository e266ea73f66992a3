/// What one transaction of the series store writes.
struct SeriesBatch: Sendable {
    /// Groups whose names and labels have changed, with all that they hold now.
    var groups: [(number: Int64, data: [UInt8])] = []
    /// The series in these groups that had no row.
    var series: [SeriesID] = []
    var rows: [TailRow] = []
    var blocks: [BlockRow] = []
    /// The days of these blocks.
    var days: [(group: Int64, day: Int64)] = []
    /// What was in memory and is in the blocks now.
    var chunks: [(series: SeriesID, closed: ClosedChunk)] = []
    /// The last row of the tail whose samples are all in blocks, to be deleted with those before.
    var covered: CoveredTail?

    var isEmpty: Bool {
        self.groups.isEmpty && self.rows.isEmpty && self.blocks.isEmpty && self.covered == nil
    }

    func write(_ transaction: WriteTransaction) throws {
        // A commit may have reached the disk although it was reported as failed. Repeating it has
        // to be harmless.
        for group in self.groups {
            try transaction.execute(
                """
                INSERT INTO series_group (number, data) VALUES (?, ?)
                ON CONFLICT (number) DO UPDATE SET data = excluded.data
                """, group.number, group.data)
        }
        for row in self.rows {
            try transaction.execute(
                "INSERT INTO series_tail (id, data) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                row.id, row.writer.bytes)
        }
        for row in self.blocks { try row.insert(transaction) }
        for (group, day) in self.days { try SeriesDay.markDue(group, day, transaction) }
        if let covered {
            try transaction.execute("DELETE FROM series_tail WHERE id <= ?", covered.id)
        }
    }
}
