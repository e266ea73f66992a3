/// Puts the points of many series together, a step at a time.
struct GroupedPoints {
    private struct Cell {
        var count = 0
        var value = 0.0
    }

    private let operation: SeriesGrouping.Operation
    private let range: SeriesRange
    private let nameLabel: UInt32?
    /// Nil for a label that no series has.
    private let labels: [(name: String, number: UInt32?)]
    private var groups: [[UInt32?]: [Cell]] = [:]

    init(_ grouping: SeriesGrouping, _ range: SeriesRange, _ symbols: Symbols) {
        self.operation = grouping.operation
        self.range = range
        self.nameLabel = symbols.number(of: SeriesKey.nameLabel)
        self.labels = Set(grouping.labels).sorted().map { ($0, symbols.number(of: $0)) }
    }

    /// How many points the answer has at most.
    var count: Int { self.groups.count * self.range.steps }

    /// Adds the points of a series, each of another step.
    mutating func add(_ points: [SeriesPoint], of key: PackedKey) {
        guard !points.isEmpty else { return }
        let steps = self.range.steps
        let operation = self.operation
        let range = self.range
        self.withCells(of: key, steps) { cells in
            for point in points {
                let index = range.step(of: point.at)
                cells[index].value = operation.joined(
                    cells[index].value, point.value, cells[index].count)
                cells[index].count += 1
            }
        }
    }

    /// The groups as series, which have the labels that were asked for.
    func results(_ symbols: Symbols) -> [SeriesResult] {
        self.groups.map { values, cells in
            var points: [SeriesPoint] = []
            for (index, cell) in cells.enumerated() where cell.count > 0 {
                points.append(
                    SeriesPoint(
                        at: self.range.start(ofStep: index),
                        value: self.operation.finished(cell.value, cell.count)))
            }
            return SeriesResult(self.key(of: values, symbols), points: points)
        }
    }

    private mutating func withCells(
        of key: PackedKey, _ steps: Int, _ body: (inout [Cell]) -> Void
    ) {
        let values = self.labels.map { label in
            label.number.flatMap { key.value(of: $0, nameLabel: self.nameLabel) }
        }
        body(&self.groups[values, default: Array(repeating: Cell(), count: steps)])
    }

    private func key(of values: [UInt32?], _ symbols: Symbols) -> SeriesKey {
        var name = ""
        var labels: [String: String] = [:]
        for (label, value) in zip(self.labels, values) {
            guard let value else { continue }
            if label.name == SeriesKey.nameLabel {
                name = symbols[value]
            } else {
                labels[label.name] = symbols[value]
            }
        }
        return SeriesKey(name: name, labels: Labels(labels))
    }
}

extension SeriesGrouping.Operation {
    /// What is known after `value`, when `count` values were known before as `known`.
    fileprivate func joined(_ known: Double, _ value: Double, _ count: Int) -> Double {
        guard count > 0 else { return self == .count ? 0 : value }
        switch self {
        case .avg, .sum: return known + value
        case .min: return Swift.min(known, value)
        case .max: return Swift.max(known, value)
        case .count: return 0
        }
    }

    fileprivate func finished(_ known: Double, _ count: Int) -> Double {
        switch self {
        case .avg: known / Double(count)
        case .count: Double(count)
        case .min, .max, .sum: known
        }
    }
}
