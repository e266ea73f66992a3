/// Packs the samples of many series over a stretch of time into a `Block`.
///
/// Series of one scrape share their timestamps, so every distinct column of timestamps is written
/// once and the series refer to it.
struct BlockEncoder {
    /// Series that follow one another mostly have the timestamps of one of their neighbours.
    private static let recent = 8

    private(set) var count = 0
    private(set) var startAt = Int64.max
    private(set) var endAt = Int64.min
    private var times: [[Int64]] = []
    private var directory: [UInt8] = []
    private var values: [UInt8] = []
    private var series = 0
    private var lastID: SeriesID = 0

    var isEmpty: Bool { self.series == 0 }

    /// Takes the samples of a series: at least one, ascending in time.
    ///
    /// The ids have to ascend too.
    mutating func add(_ id: SeriesID, _ samples: [Sample]) {
        let start = self.values.count
        ValueColumn.encode(samples.map(\.value), to: &self.values)
        self.directory.appendVariable(UInt64(id - self.lastID))
        self.directory.appendVariable(UInt64(self.column(of: samples)))
        self.directory.appendVariable(UInt64(self.values.count - start))
        self.lastID = id
        self.series += 1
        self.count += samples.count
        self.startAt = min(self.startAt, samples[0].at)
        self.endAt = max(self.endAt, samples[samples.count - 1].at)
    }

    /// The block of everything that was added, compressed at a level of zstd.
    func finish(level: Int32) -> Block {
        var content: [UInt8] = []
        content.appendVariable(UInt64(self.times.count))
        for column in self.times {
            content.appendVariable(UInt64(column.count))
            IntegerColumn.encode(column, to: &content)
        }
        content.appendVariable(UInt64(self.series))
        content += self.directory
        content += self.values
        return Block(
            startAt: self.startAt, endAt: self.endAt, count: self.count,
            bytes: SealedBytes.seal(content, level: level))
    }

    /// The number of the column with the samples' timestamps, which is made when there is none.
    private mutating func column(of samples: [Sample]) -> Int {
        for number in self.times.indices.suffix(Self.recent).reversed()
        where Self.isEqual(self.times[number], samples) { return number }
        self.times.append(samples.map(\.at))
        return self.times.count - 1
    }

    private static func isEqual(_ times: [Int64], _ samples: [Sample]) -> Bool {
        guard times.count == samples.count, times.last == samples.last?.at else { return false }
        for index in times.indices where times[index] != samples[index].at { return false }
        return true
    }
}
