/// Packs the names and labels of a group's series: every text once, and numbers for the rest.
enum GroupKeys {
    static func pack(_ series: [(id: SeriesID, key: SeriesKey)]) -> [UInt8] {
        var numbers: [String: UInt64] = [:]
        var texts: [UInt8] = []
        var entries: [UInt8] = []
        func append(_ text: String) {
            let next = UInt64(numbers.count)
            let number = numbers[text] ?? next
            if number == next {
                numbers[text] = number
                texts.appendVariable(UInt64(text.utf8.count))
                texts += text.utf8
            }
            entries.appendVariable(number)
        }
        var last: SeriesID = 0
        for (id, key) in series {
            entries.appendVariable(UInt64(id - last))
            entries.appendVariable(UInt64(key.labels.pairs.count))
            append(key.name)
            for label in key.labels.pairs {
                append(label.name)
                append(label.value)
            }
            last = id
        }
        var content: [UInt8] = []
        content.appendVariable(UInt64(numbers.count))
        content += texts
        content.appendVariable(UInt64(series.count))
        content += entries
        return SealedBytes.seal(content, level: 3)
    }

    /// Reads what `pack` wrote.
    ///
    /// - Throws: a `ChunkError` when the bytes are damaged.
    static func unpack(
        _ bytes: [UInt8], _ symbols: inout Symbols
    ) throws -> [(id: SeriesID, key: PackedKey)] {
        try SealedBytes.open(bytes).withUnsafeBytes { buffer in
            var input = VariableReader(buffer)
            var texts: [UInt32] = []
            for _ in 0..<(try input.readCount(limit: buffer.count)) {
                let bytes = try input.readBytes(try input.readCount(limit: buffer.count))
                texts.append(symbols.intern(String(decoding: bytes, as: UTF8.self)))
            }
            var series: [(id: SeriesID, key: PackedKey)] = []
            var id: UInt64 = 0
            for _ in 0..<(try input.readCount(limit: buffer.count)) {
                id &+= try input.read()
                guard let number = SeriesID(exactly: id) else { throw ChunkError.badNumber }
                series.append((number, try self.key(&input, texts)))
            }
            return series
        }
    }

    private static func key(
        _ input: inout VariableReader, _ texts: [UInt32]
    ) throws(ChunkError) -> PackedKey {
        let labels = try input.readCount(limit: texts.count)
        var numbers: [UInt32] = []
        numbers.reserveCapacity(1 + 2 * labels)
        for _ in 0..<(1 + 2 * labels) {
            numbers.append(texts[try input.readCount(limit: texts.count - 1)])
        }
        return PackedKey(numbers)
    }
}
