/// What a series has in each step of a query, put together of cells and samples in order of time.
struct CondensedSeries {
    private struct Step {
        let number: Int
        var count: Int
        var value: Double
    }

    private let aggregation: Aggregation
    private var steps: [Step] = []

    init(_ aggregation: Aggregation) {
        self.aggregation = aggregation
    }

    /// How many steps have something.
    var count: Int { self.steps.count }

    mutating func add(_ cell: RollupCell, in step: Int) {
        let value =
            switch self.aggregation {
            case .min: cell.least
            case .max: cell.greatest
            default: cell.sum
            }
        self.add(value, cell.count, in: step)
    }

    mutating func add(_ samples: [Sample], _ range: SeriesRange) {
        for sample in samples where !sample.value.isNaN {
            self.add(sample.value, 1, in: range.step(of: sample.at))
        }
    }

    /// Takes the values of a column, of which each part lies in one step.
    mutating func add(_ values: [Double], _ parts: [StepPart]) {
        values.withUnsafeBufferPointer { values in
            for part in parts {
                let (value, count) = self.condensed(
                    UnsafeBufferPointer(rebasing: values[part.indices]))
                if count > 0 { self.add(value, count, in: part.step) }
            }
        }
    }

    private mutating func add(_ value: Double, _ count: Int, in step: Int) {
        guard let last = self.steps.indices.last, self.steps[last].number == step else {
            return self.steps.append(Step(number: step, count: count, value: value))
        }
        self.steps[last].count += count
        self.steps[last].value = self.joined(self.steps[last].value, value)
    }

    private func joined(_ known: Double, _ value: Double) -> Double {
        switch self.aggregation {
        case .min: Swift.min(known, value)
        case .max: Swift.max(known, value)
        default: known + value
        }
    }

    @inline(__always)
    private func condensed(_ values: UnsafeBufferPointer<Double>) -> (value: Double, count: Int) {
        var count = 0
        switch self.aggregation {
        case .min:
            var least = Double.infinity
            for value in values where value == value {
                least = Swift.min(least, value)
                count += 1
            }
            return (least, count)
        case .max:
            var greatest = -Double.infinity
            for value in values where value == value {
                greatest = Swift.max(greatest, value)
                count += 1
            }
            return (greatest, count)
        default:
            var sum = 0.0
            for value in values where value == value {
                sum += value
                count += 1
            }
            return (sum, count)
        }
    }

    /// A point for each step that has something.
    func points(_ range: SeriesRange) -> [SeriesPoint] {
        self.steps.map { step in
            let value =
                switch self.aggregation {
                case .avg: step.value / Double(step.count)
                case .count: Double(step.count)
                default: step.value
                }
            return SeriesPoint(at: range.start(ofStep: step.number), value: value)
        }
    }
}

/// The part of a column of timestamps that lies in one step of a query.
struct StepPart {
    let step: Int
    let indices: Range<Int>

    /// Cuts ascending timestamps, as far as they lie in a range of time, where steps begin.
    static func parts(
        of times: [Int64], in wanted: ClosedRange<Int64>, _ range: SeriesRange
    ) -> [StepPart] {
        var parts: [StepPart] = []
        var index = times.firstIndexAscending { $0 >= wanted.lowerBound }
        let end = times.firstIndexAscending { $0 > wanted.upperBound }
        while index < end {
            let step = range.step(of: times[index])
            let last = range.end(ofStep: step)
            var next = index + 1
            while next < end, times[next] <= last { next += 1 }
            parts.append(StepPart(step: step, indices: index..<next))
            index = next
        }
        return parts
    }
}
