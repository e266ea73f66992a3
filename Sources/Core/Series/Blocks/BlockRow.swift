/// A block as a row of the store.
struct BlockRow: Sendable {
    /// Of two blocks with a sample of the same instant the one with the higher number counts.
    let id: Int64
    let group: Int64
    let block: Block

    func insert(_ transaction: WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO series_block (id, series_group, start_at, end_at, count, data)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """, self.id, self.group, self.block.startAt, self.block.endAt, self.block.count,
            self.block.bytes)
    }
}
