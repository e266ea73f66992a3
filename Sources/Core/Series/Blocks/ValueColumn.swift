/// Writes the values of one series as whole numbers, from which every bit comes back.
///
/// Most measured values are decimals of few digits. They become whole numbers by a power of ten,
/// either the one by which the whole number is divided again or the one (below 1) with which it is
/// multiplied: programs compute both, and the last bit differs. The few values that do not come
/// back that way (NaN, infinities, -0) are written down beside; when there are many, the bits of
/// all values are taken as numbers.
enum ValueColumn {
    private static let bits: UInt8 = 0
    private static let divided: UInt8 = 1
    private static let multiplied: UInt8 = 32
    private static let hasExceptions: UInt8 = 0x80

    /// Appends a column of at least one value to `output`.
    static func encode(_ values: [Double], to output: inout [UInt8]) {
        for way in [DecimalScale.Way.divided, .multiplied] {
            guard let scale = DecimalScale(fitting: values, way) else { continue }
            return self.encode(values, by: scale, to: &output)
        }
        output.append(self.bits)
        IntegerColumn.encode(values.map { Int64(bitPattern: $0.bitPattern) }, to: &output)
    }

    /// Reads a column of `count` values.
    static func decode(
        _ input: inout VariableReader, count: Int
    ) throws(ChunkError) -> [Double] {
        let tag = try input.readByte()
        let exceptions = tag & self.hasExceptions == 0 ? [] : try self.readExceptions(&input, count)
        let numbers = try IntegerColumn.decode(&input, count: count)
        var values = try self.values(numbers, tag & ~self.hasExceptions)
        for (index, value) in exceptions { values[index] = value }
        return values
    }

    private static func encode(
        _ values: [Double], by scale: DecimalScale, to output: inout [UInt8]
    ) {
        var exceptions: [Int] = []
        var numbers: [Int64] = []
        numbers.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if let number = scale.number(for: value) {
                numbers.append(number)
            } else {
                exceptions.append(index)
                numbers.append(numbers.last ?? 0)
            }
        }
        let way = scale.way == .divided ? self.divided : self.multiplied
        let tag = way + UInt8(scale.digits)
        output.append(exceptions.isEmpty ? tag : tag | self.hasExceptions)
        if !exceptions.isEmpty { self.write(exceptions, of: values, to: &output) }
        IntegerColumn.encode(numbers, to: &output)
    }

    private static func values(_ numbers: [Int64], _ tag: UInt8) throws(ChunkError) -> [Double] {
        if tag == self.bits { return numbers.map { Double(bitPattern: UInt64(bitPattern: $0)) } }
        let isDivided = tag < self.multiplied
        let digits = Int(tag - (isDivided ? self.divided : self.multiplied))
        guard digits <= DecimalScale.maxDigits else { throw .badNumber }
        return DecimalScale(digits: digits, isDivided ? .divided : .multiplied).values(for: numbers)
    }

    // MARK: - Exceptions

    private static func write(_ exceptions: [Int], of values: [Double], to output: inout [UInt8]) {
        output.appendVariable(UInt64(exceptions.count))
        var last = 0
        for index in exceptions {
            output.appendVariable(UInt64(index - last))
            output.append(littleEndian: values[index].bitPattern)
            last = index
        }
    }

    private static func readExceptions(
        _ input: inout VariableReader, _ count: Int
    ) throws(ChunkError) -> [(Int, Double)] {
        var exceptions: [(Int, Double)] = []
        var index: UInt64 = 0
        for _ in 0..<(try input.readCount(limit: count)) {
            index &+= try input.read()
            guard index < UInt64(count) else { throw .badNumber }
            let bytes = try input.readBytes(8)
            let bits = bytes.littleEndian(at: 0, as: UInt64.self)
            exceptions.append((Int(index), Double(bitPattern: bits)))
        }
        return exceptions
    }
}
