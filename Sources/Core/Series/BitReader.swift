/// Reads what a `BitWriter` wrote, and notices when the bytes end too early.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Reads from `bytes`, which have to stay valid as long as the reader is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next `width` bits (1 to 64) as the lowest bits of a number.
    mutating func read(_ width: Int) throws(ChunkError) -> UInt64 {
        guard self.position + width <= self.bytes.count * 8 else { throw .truncated }
        let byte = self.position >> 3
        let skipped = self.position & 7
        self.position += width
        let high = self.word(at: byte) << UInt64(skipped)
        let missing = skipped + width - 64
        guard missing > 0 else { return high >> UInt64(64 - width) }
        // The number reaches into a ninth byte, which exists: the length was checked above.
        let low = UInt64(self.bytes[byte + 8] >> UInt8(8 - missing))
        return (high >> UInt64(64 - width)) | low
    }

    mutating func readBit() throws(ChunkError) -> Bool {
        guard self.position < self.bytes.count * 8 else { throw .truncated }
        let bit = self.bytes[self.position >> 3] & (0x80 >> UInt8(self.position & 7))
        self.position += 1
        return bit != 0
    }

    /// The eight bytes from `offset` on, with zeros behind the end.
    private func word(at offset: Int) -> UInt64 {
        if offset + 8 <= self.bytes.count {
            return UInt64(
                bigEndian: self.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        var word: UInt64 = 0
        for index in offset..<self.bytes.count {
            word |= UInt64(self.bytes[index]) << UInt64(56 - (index - offset) * 8)
        }
        return word
    }
}
