/// Packs the samples of many series over a stretch of time into a `Block`.
struct BlockEncoder {
    private(set) var count = 0
    private(set) var startAt = Int64.max
    private(set) var endAt = Int64.min
    private var columns = ColumnsEncoder()

    var isEmpty: Bool { self.columns.isEmpty }

    /// Takes the samples of a series: at least one, ascending in time.
    ///
    /// The ids have to ascend too.
    mutating func add(_ id: SeriesID, _ samples: [Sample]) {
        self.columns.add(id, at: samples.map(\.at)) {
            ValueColumn.encode(samples.map(\.value), to: &$0)
        }
        self.count += samples.count
        self.startAt = min(self.startAt, samples[0].at)
        self.endAt = max(self.endAt, samples[samples.count - 1].at)
    }

    /// The block of everything that was added, compressed at a level of zstd.
    func finish(level: Int32) -> Block {
        Block(
            startAt: self.startAt, endAt: self.endAt, count: self.count,
            bytes: self.columns.finish(level: level))
    }
}
