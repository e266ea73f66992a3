/// Packs samples of many series in the order in which they arrive, for the tail of the store.
///
/// The bytes are a header and one entry a sample. The header: format version (1), number of
/// samples (4), CRC-32C (4) of the five bytes before it and of the entries. An entry: the series'
/// id and the timestamp, both as the difference to the entry before, then the value, all three
/// as numbers of variable length (see `appendVariable`).
struct TailWriter: Sendable {
    static let version: UInt8 = 1
    static let headerCount = 9

    private(set) var count = 0
    private var entries: [UInt8] = []
    private var lastID: Int64 = 0
    private var lastAt: Int64 = 0

    var byteCount: Int { Self.headerCount + self.entries.count }

    mutating func append(_ sample: Sample, of id: SeriesID) {
        self.entries.appendVariable(signed: Int64(id) - self.lastID)
        self.entries.appendVariable(signed: sample.at &- self.lastAt)
        // Most values are short decimals or whole numbers, whose low bytes are zero.
        self.entries.appendVariable(sample.value.bitPattern.byteSwapped)
        self.lastID = Int64(id)
        self.lastAt = sample.at
        self.count += 1
    }

    /// The finished row.
    var bytes: [UInt8] {
        var bytes = [Self.version]
        bytes.reserveCapacity(self.byteCount)
        bytes.append(littleEndian: UInt32(self.count))
        let header = bytes.withUnsafeBytes { CRC32C.of($0) }
        bytes.append(
            littleEndian: self.entries.withUnsafeBytes { CRC32C.of($0, continuing: header) })
        bytes.append(contentsOf: self.entries)
        return bytes
    }
}
