/// Packs something for each of many series that belongs to a column of timestamps.
///
/// Series of one scrape share their timestamps, so every distinct column of timestamps is written
/// once and the series refer to it.
struct ColumnsEncoder {
    /// Series that follow one another mostly have the timestamps of one of their neighbours.
    private static let recent = 8

    private var times: [[Int64]] = []
    private var directory: [UInt8] = []
    private var contents: [UInt8] = []
    private var series = 0
    private var lastID: SeriesID = 0

    var isEmpty: Bool { self.series == 0 }

    /// Takes what a series has at some instants: at least one, and ascending.
    ///
    /// The ids have to ascend too.
    ///
    /// - Parameter append: Appends the content to the bytes that it is given.
    mutating func add(_ id: SeriesID, at times: [Int64], _ append: (inout [UInt8]) -> Void) {
        let start = self.contents.count
        append(&self.contents)
        self.directory.appendVariable(UInt64(id - self.lastID))
        self.directory.appendVariable(UInt64(self.column(of: times)))
        self.directory.appendVariable(UInt64(self.contents.count - start))
        self.lastID = id
        self.series += 1
    }

    /// Everything that was added, compressed at a level of zstd.
    func finish(level: Int32) -> [UInt8] {
        var content: [UInt8] = []
        content.appendVariable(UInt64(self.times.count))
        for column in self.times {
            content.appendVariable(UInt64(column.count))
            IntegerColumn.encode(column, to: &content)
        }
        content.appendVariable(UInt64(self.series))
        content += self.directory
        content += self.contents
        return SealedBytes.seal(content, level: level)
    }

    /// The number of the column with these timestamps, which is made when there is none.
    private mutating func column(of times: [Int64]) -> Int {
        for number in self.times.indices.suffix(Self.recent).reversed()
        where self.times[number].last == times.last && self.times[number] == times { return number }
        self.times.append(times)
        return self.times.count - 1
    }
}
