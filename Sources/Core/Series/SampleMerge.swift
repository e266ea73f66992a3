/// Puts the samples of several blocks and chunks in order; of the same instant the last one added stays.
struct SampleMerge {
    private let from: Int64
    private let to: Int64
    private var samples: [Sample] = []

    init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }

    /// Adds what a block holds of a series in the range.
    ///
    /// - Throws: a `ChunkError` when the block is damaged; then nothing of it is added.
    mutating func add(_ id: SeriesID, of block: BlockReader) throws {
        try block.read(id, from: self.from, to: self.to, into: &self.samples)
    }

    /// Adds what a chunk holds of the range.
    ///
    /// - Throws: a `ChunkError` when the chunk is damaged; then nothing of it is added.
    mutating func add(_ bytes: [UInt8]) throws {
        try Chunk.read(bytes, from: self.from, to: self.to, into: &self.samples)
    }

    /// All samples, oldest first, no two of the same instant.
    var sorted: [Sample] {
        Self.isAscending(self.samples) ? self.samples : Self.sorted(self.samples)
    }

    /// Sorts samples that stand in the order of their arrival.
    static func sorted(_ samples: [Sample]) -> [Sample] {
        let order = samples.indices.sorted { (samples[$0].at, $0) < (samples[$1].at, $1) }
        var result: [Sample] = []
        result.reserveCapacity(samples.count)
        for sample in order.lazy.map({ samples[$0] }) {
            if result.last?.at == sample.at { result.removeLast() }
            result.append(sample)
        }
        return result
    }

    private static func isAscending(_ samples: [Sample]) -> Bool {
        // Blocks rarely overlap, so this mostly saves the sorting.
        for index in samples.indices.dropFirst() where samples[index - 1].at >= samples[index].at {
            return false
        }
        return true
    }
}
