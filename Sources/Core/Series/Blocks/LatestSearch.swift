/// The newest samples of some series, looked for in blocks that end earlier and earlier.
struct LatestSearch {
    private(set) var found: [SeriesID: Sample] = [:]
    private var blocks: [SeriesID: Int64] = [:]
    private var wanted: [SeriesID]

    init(_ ids: ArraySlice<SeriesID>) {
        self.wanted = Array(ids)
    }

    /// Whether a block that ends at `end` may still hold something newer, or newer of that instant.
    mutating func goesOn(before end: Int64) -> Bool {
        self.wanted.removeAll { id in self.found[id].map { $0.at > end } ?? false }
        return !self.wanted.isEmpty
    }

    mutating func look(into block: BlockReader, id: Int64) throws {
        for series in self.wanted {
            guard let sample = try block.latest(of: series) else { continue }
            if let known = self.found[series],
                (known.at, self.blocks[series] ?? 0) > (sample.at, id)
            {
                continue
            }
            self.found[series] = sample
            self.blocks[series] = id
        }
    }
}
