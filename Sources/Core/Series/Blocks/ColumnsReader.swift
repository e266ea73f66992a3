/// What a `ColumnsEncoder` packed, unpacked once, giving what any of its series has.
struct ColumnsReader {
    /// Where a series stands.
    private struct Place {
        let times: Int
        let offset: Int
        let length: Int
    }

    /// The series, ascending.
    private(set) var ids: [SeriesID] = []
    /// The distinct columns of timestamps.
    private(set) var times: [[Int64]] = []
    private let content: [UInt8]
    private var places: [Place] = []

    /// Unpacks the bytes.
    ///
    /// - Throws: a `ChunkError` when they are damaged.
    init(_ bytes: [UInt8]) throws {
        self.content = try SealedBytes.open(bytes)
        try self.content.withUnsafeBytes { buffer in
            var input = VariableReader(buffer)
            for _ in 0..<(try input.readCount(limit: buffer.count)) {
                let count = try input.readCount(limit: Self.maxColumn)
                self.times.append(try IntegerColumn.decode(&input, count: count))
            }
            try self.readDirectory(&input, buffer.count)
        }
    }

    /// No column is longer; what a checksum does not notice must not fill the memory either.
    private static let maxColumn = 1 << 28

    private mutating func readDirectory(
        _ input: inout VariableReader, _ end: Int
    ) throws(ChunkError) {
        var id: UInt64 = 0
        var offset = 0
        for _ in 0..<(try input.readCount(limit: end)) {
            id &+= try input.read()
            let times = try input.readCount(limit: self.times.count - 1)
            let length = try input.readCount(limit: end)
            guard let id = SeriesID(exactly: id) else { throw .badNumber }
            self.ids.append(id)
            self.places.append(Place(times: times, offset: offset, length: length))
            offset += length
        }
        let start = input.offset
        guard start + offset == end else { throw .truncated }
        self.places = self.places.map {
            Place(times: $0.times, offset: $0.offset + start, length: $0.length)
        }
    }

    /// Hands over what a series has: the number of its column of timestamps, and its content.
    ///
    /// Answers nil when there is nothing of the series.
    func read<T>(
        _ id: SeriesID, _ body: (_ times: Int, _ content: inout VariableReader) throws -> T
    ) throws -> T? {
        guard let index = self.index(of: id) else { return nil }
        let place = self.places[index]
        return try self.content.withUnsafeBytes { buffer in
            var input = VariableReader(
                UnsafeRawBufferPointer(
                    rebasing: buffer[place.offset..<(place.offset + place.length)]))
            return try body(place.times, &input)
        }
    }

    private func index(of id: SeriesID) -> Int? {
        let index = self.ids.firstIndexAscending { $0 >= id }
        return index < self.ids.count && self.ids[index] == id ? index : nil
    }
}

extension Array {
    /// The index of the first of ascending elements for which `isThere` holds; `count` if none.
    func firstIndexAscending(where isThere: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if isThere(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
