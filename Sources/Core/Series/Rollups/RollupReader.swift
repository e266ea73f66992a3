/// The cells of a day of many series, unpacked once.
struct RollupReader {
    private let columns: ColumnsReader

    /// The series that have cells, ascending.
    var ids: [SeriesID] { self.columns.ids }

    /// Unpacks the bytes of a row.
    ///
    /// - Throws: a `ChunkError` when they are damaged.
    init(_ bytes: [UInt8]) throws {
        self.columns = try ColumnsReader(bytes)
    }

    /// The cells of a series, ascending.
    func cells(of id: SeriesID) throws -> [RollupCell] {
        try self.columns.read(id) { times, content in
            try RollupColumns.decode(&content, self.columns.times[times])
        } ?? []
    }
}
