/// The points of an answer as they are found, series for series or put together.
struct FoundPoints {
    private let range: SeriesRange
    private let symbols: Symbols
    private var series: [SeriesResult] = []
    private var points = 0
    private var groups: GroupedPoints?

    init(_ range: SeriesRange, _ grouping: SeriesGrouping?, _ symbols: Symbols) {
        self.range = range
        self.symbols = symbols
        self.groups = grouping.map { GroupedPoints($0, range, symbols) }
    }

    /// Adds the points of a series.
    ///
    /// - Throws: a `SeriesError` when the answer becomes larger than it may.
    mutating func add(_ found: [SeriesPoint], of key: PackedKey) throws(SeriesError) {
        guard self.groups == nil else {
            self.groups?.add(found, of: key)
            return try self.range.checkLimit(self.groups?.count ?? 0)
        }
        self.points += found.count
        try self.range.checkLimit(self.points)
        guard !found.isEmpty else { return }
        self.series.append(SeriesResult(self.symbols.key(key), points: found))
    }

    var results: [SeriesResult] { self.groups?.results(self.symbols) ?? self.series }
}
