/// A block that was unpacked once and gives the samples of any of its series.
struct BlockReader {
    /// Where a series stands.
    private struct Place {
        let times: Int
        let offset: Int
        let length: Int
    }

    /// The series in the block, ascending.
    private(set) var ids: [SeriesID] = []
    private let content: [UInt8]
    private var times: [[Int64]] = []
    private var places: [Place] = []

    /// Unpacks the bytes of a block.
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

    /// The timestamps and values of a series; nil when the block has none.
    func columns(of id: SeriesID) throws -> (times: [Int64], values: [Double])? {
        guard let index = self.index(of: id) else { return nil }
        let place = self.places[index]
        let times = self.times[place.times]
        let values = try self.content.withUnsafeBytes { buffer in
            var input = VariableReader(
                UnsafeRawBufferPointer(
                    rebasing: buffer[place.offset..<(place.offset + place.length)]))
            return try ValueColumn.decode(&input, count: times.count)
        }
        return (times, values)
    }

    /// Appends what a series has between `from` and `to`, both included, oldest first.
    func read(
        _ id: SeriesID, from: Int64 = .min, to: Int64 = .max, into samples: inout [Sample]
    ) throws {
        guard let (times, values) = try self.columns(of: id) else { return }
        let start = Self.firstIndex(in: times) { $0 >= from }
        let end = Self.firstIndex(in: times) { $0 > to }
        guard start < end else { return }
        samples.reserveCapacity(samples.count + end - start)
        for index in start..<end { samples.append(Sample(at: times[index], value: values[index])) }
    }

    /// The newest sample of a series.
    func latest(of id: SeriesID) throws -> Sample? {
        guard let (times, values) = try self.columns(of: id) else { return nil }
        return times.last.flatMap { at in values.last.map { Sample(at: at, value: $0) } }
    }

    private func index(of id: SeriesID) -> Int? {
        let index = Self.firstIndex(in: self.ids) { $0 >= id }
        return index < self.ids.count && self.ids[index] == id ? index : nil
    }

    /// The index of the first of ascending elements for which `isThere` holds.
    private static func firstIndex<T>(in elements: [T], where isThere: (T) -> Bool) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if isThere(elements[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
