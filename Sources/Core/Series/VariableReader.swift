/// Reads numbers of variable length, and notices when the bytes end too early.
struct VariableReader {
    private let bytes: UnsafeRawBufferPointer
    /// How many bytes were read.
    private(set) var offset = 0

    /// Reads from `bytes`, which have to stay valid as long as the reader is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func read() throws(ChunkError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try self.readByte()
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw .badNumber
    }

    mutating func readSigned() throws(ChunkError) -> Int64 {
        let number = try self.read()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// A number from 0 to `limit`, both included.
    mutating func readCount(limit: Int) throws(ChunkError) -> Int {
        guard let number = Int(exactly: try self.read()), number <= limit else { throw .badNumber }
        return number
    }

    mutating func readByte() throws(ChunkError) -> UInt8 {
        guard self.offset < self.bytes.count else { throw .truncated }
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    /// The next `count` bytes, where they stand.
    mutating func readBytes(_ count: Int) throws(ChunkError) -> UnsafeRawBufferPointer {
        guard count <= self.bytes.count - self.offset else { throw .truncated }
        defer { self.offset += count }
        return UnsafeRawBufferPointer(rebasing: self.bytes[self.offset..<(self.offset + count)])
    }
}
