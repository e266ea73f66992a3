/// What the samples of a minute or an hour come to; NaN is left out, as every aggregation does.
struct RollupCell: Sendable, Hashable {
    /// When it begins, in milliseconds since 1970.
    var start: Int64
    var count: Int
    var sum: Double
    var least: Double
    var greatest: Double

    /// A sample for itself.
    init(_ value: Double, at start: Int64) {
        self.init(start: start, count: 1, sum: value, least: value, greatest: value)
    }

    init(start: Int64, count: Int, sum: Double, least: Double, greatest: Double) {
        self.start = start
        self.count = count
        self.sum = sum
        self.least = least
        self.greatest = greatest
    }

    /// Takes what another cell has.
    mutating func add(_ other: RollupCell) {
        self.count += other.count
        self.sum += other.sum
        self.least = min(self.least, other.least)
        self.greatest = max(self.greatest, other.greatest)
    }
}

extension [RollupCell] {
    /// The cells of samples that are ascending in time.
    init(of samples: [Sample], _ tier: RollupTier) {
        self = []
        for sample in samples where !sample.value.isNaN {
            self.fold(RollupCell(sample.value, at: tier.start(of: sample.at)))
        }
        self.round(as: samples.map(\.value))
    }

    /// The same in longer cells.
    func condensed(to tier: RollupTier) -> [RollupCell] {
        var cells: [RollupCell] = []
        for var cell in self {
            cell.start = tier.start(of: cell.start)
            cells.fold(cell)
        }
        cells.round(as: self.flatMap { [$0.least, $0.greatest, $0.sum] })
        return cells
    }

    private mutating func fold(_ cell: RollupCell) {
        guard let last = self.indices.last, self[last].start == cell.start else {
            return self.append(cell)
        }
        self[last].add(cell)
    }

    /// Gives the sums the digits of what was summed up.
    ///
    /// The last bits of a sum of decimals are noise of the addition, which would take more room than
    /// everything else of the cell.
    private mutating func round(as values: [Double]) {
        guard
            let scale = DecimalScale(fitting: values, .divided)
                ?? DecimalScale(fitting: values, .multiplied)
        else { return }
        for index in self.indices { self[index].sum = scale.rounded(self[index].sum) }
    }

    /// Of two accounts of the same time the fuller one, cell by cell.
    func fuller(_ other: [RollupCell]) -> [RollupCell] {
        guard !other.isEmpty else { return self }
        var cells: [Int64: RollupCell] = [:]
        for cell in self + other where cell.count > cells[cell.start]?.count ?? 0 {
            cells[cell.start] = cell
        }
        return cells.values.sorted { $0.start < $1.start }
    }
}
