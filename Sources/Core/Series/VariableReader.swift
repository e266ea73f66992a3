/// Reads numbers of variable length, and notices when the bytes end too early.
struct VariableReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Reads from `bytes`, which have to stay valid as long as the reader is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func read() throws(ChunkError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard self.position < self.bytes.count else { throw .truncated }
            let byte = self.bytes[self.position]
            self.position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw .badNumber
    }

    mutating func readSigned() throws(ChunkError) -> Int64 {
        let number = try self.read()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }
}
