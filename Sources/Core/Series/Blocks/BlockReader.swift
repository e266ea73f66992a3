/// A block that was unpacked once and gives the samples of any of its series.
struct BlockReader {
    private let columns: ColumnsReader

    /// The series in the block, ascending.
    var ids: [SeriesID] { self.columns.ids }
    /// The distinct columns of timestamps, to which `numberedColumns` refers.
    var times: [[Int64]] { self.columns.times }

    /// Unpacks the bytes of a block.
    ///
    /// - Throws: a `ChunkError` when they are damaged.
    init(_ bytes: [UInt8]) throws {
        self.columns = try ColumnsReader(bytes)
    }

    /// The timestamps and values of a series; nil when the block has none.
    func columns(of id: SeriesID) throws -> (times: [Int64], values: [Double])? {
        try self.numberedColumns(of: id).map { (self.times[$0.times], $0.values) }
    }

    /// The number of the column of timestamps, and the values, of a series.
    func numberedColumns(of id: SeriesID) throws -> (times: Int, values: [Double])? {
        try self.columns.read(id) { times, content in
            (times, try ValueColumn.decode(&content, count: self.times[times].count))
        }
    }

    /// Appends what a series has between `from` and `to`, both included, oldest first.
    func read(
        _ id: SeriesID, from: Int64 = .min, to: Int64 = .max, into samples: inout [Sample]
    ) throws {
        guard let (times, values) = try self.columns(of: id) else { return }
        let start = times.firstIndexAscending { $0 >= from }
        let end = times.firstIndexAscending { $0 > to }
        guard start < end else { return }
        samples.reserveCapacity(samples.count + end - start)
        for index in start..<end { samples.append(Sample(at: times[index], value: values[index])) }
    }

    /// The newest sample of a series.
    func latest(of id: SeriesID) throws -> Sample? {
        guard let (times, values) = try self.columns(of: id) else { return nil }
        return times.last.flatMap { at in values.last.map { Sample(at: at, value: $0) } }
    }
}
