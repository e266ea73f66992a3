/// Packs the cells of a day of many series.
struct RollupEncoder {
    private var columns = ColumnsEncoder()

    var isEmpty: Bool { self.columns.isEmpty }

    /// Takes the cells of a series, ascending; the ids have to ascend too.
    mutating func add(_ id: SeriesID, _ cells: [RollupCell]) {
        guard !cells.isEmpty else { return }
        self.columns.add(id, at: cells.map(\.start)) { RollupColumns.encode(cells, to: &$0) }
    }

    func finish() -> [UInt8] { self.columns.finish(level: 9) }
}
