/// A series as it was in memory when a query began.
struct SeriesSnapshot: Sendable {
    let id: SeriesID
    let key: PackedKey
    private let head: SeriesHead

    init(id: SeriesID, key: PackedKey, head: SeriesHead) {
        self.id = id
        self.key = key
        self.head = head
    }

    var latest: Sample? { self.head.latest }

    /// The chunks that the memory holds, the open one included, in the order of their writing.
    var chunks: [Chunk] {
        var head = self.head
        // Closing changes only this copy, so any number will do.
        var nextChunkID: Int64 = .max / 2
        head.close(nextChunkID: &nextChunkID)
        return head.closed.map(\.chunk)
    }
}
