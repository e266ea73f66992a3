/// Writes the cells of one series as columns.
///
/// Where a scale makes whole numbers of all values, the greatest ones are written as what they
/// exceed the least by, and the sums as what they exceed the least times the count by: of values
/// that do not change only zeros are left.
enum RollupColumns {
    private static let values: UInt8 = 0
    private static let divided: UInt8 = 1
    private static let multiplied: UInt8 = 32

    static func encode(_ cells: [RollupCell], to output: inout [UInt8]) {
        IntegerColumn.encode(cells.map { Int64($0.count) }, to: &output)
        for way in [DecimalScale.Way.divided, .multiplied] {
            guard let (scale, numbers) = self.numbers(of: cells, way) else { continue }
            output.append(
                (way == .divided ? self.divided : self.multiplied) + UInt8(scale.digits))
            IntegerColumn.encode(numbers.map(\.least), to: &output)
            IntegerColumn.encode(numbers.map { $0.greatest &- $0.least }, to: &output)
            IntegerColumn.encode(
                zip(numbers, cells).map { $0.sum &- $0.least &* Int64($1.count) }, to: &output)
            return
        }
        output.append(self.values)
        ValueColumn.encode(cells.map(\.least), to: &output)
        ValueColumn.encode(cells.map(\.greatest), to: &output)
        ValueColumn.encode(cells.map(\.sum), to: &output)
    }

    /// Reads the cells that begin at `starts`.
    static func decode(
        _ input: inout VariableReader, _ starts: [Int64]
    ) throws(ChunkError) -> [RollupCell] {
        let counts = try IntegerColumn.decode(&input, count: starts.count)
        let tag = try input.readByte()
        let columns =
            tag == self.values
            ? try (0..<3).map { _ throws(ChunkError) in
                try ValueColumn.decode(&input, count: starts.count)
            } : try self.columns(&input, counts, tag)
        return starts.indices.map { index in
            RollupCell(
                start: starts[index], count: Int(counts[index]), sum: columns[2][index],
                least: columns[0][index], greatest: columns[1][index])
        }
    }

    private static func columns(
        _ input: inout VariableReader, _ counts: [Int64], _ tag: UInt8
    ) throws(ChunkError) -> [[Double]] {
        let isDivided = tag < self.multiplied
        let digits = Int(tag - (isDivided ? self.divided : self.multiplied))
        guard digits <= DecimalScale.maxDigits else { throw .badNumber }
        let scale = DecimalScale(digits: digits, isDivided ? .divided : .multiplied)
        let least = try IntegerColumn.decode(&input, count: counts.count)
        var greatest = try IntegerColumn.decode(&input, count: counts.count)
        var sums = try IntegerColumn.decode(&input, count: counts.count)
        for index in least.indices {
            greatest[index] &+= least[index]
            sums[index] &+= least[index] &* counts[index]
        }
        return [least, greatest, sums].map(scale.values)
    }

    private struct Numbers {
        let least: Int64
        let greatest: Int64
        let sum: Int64
    }

    /// Nil when a single value has no whole number.
    private static func numbers(
        of cells: [RollupCell], _ way: DecimalScale.Way
    ) -> (DecimalScale, [Numbers])? {
        let values = cells.flatMap { [$0.least, $0.greatest, $0.sum] }
        guard let scale = DecimalScale(fitting: values, way) else { return nil }
        var numbers: [Numbers] = []
        numbers.reserveCapacity(cells.count)
        for cell in cells {
            guard let least = scale.number(for: cell.least),
                let greatest = scale.number(for: cell.greatest),
                let sum = scale.number(for: cell.sum)
            else { return nil }
            numbers.append(Numbers(least: least, greatest: greatest, sum: sum))
        }
        return (scale, numbers)
    }
}
