/// Compressed bytes under a header by which damage is noticed before anything is made of them.
///
/// The header has 10 bytes, numbers little-endian: format version (1), compression (1, zstd), the
/// length of the content (4), and the CRC-32C (4) of these six bytes and of the compressed ones.
enum SealedBytes {
    static let version: UInt8 = 1
    static let headerCount = 10
    private static let zstd: UInt8 = 1
    private static let checksumOffset = 6

    static func seal(_ content: [UInt8], level: Int32) -> [UInt8] {
        let compressed = Zstd.compress(content, level: level)
        var bytes: [UInt8] = [self.version, self.zstd]
        bytes.reserveCapacity(self.headerCount + compressed.count)
        bytes.append(littleEndian: UInt32(content.count))
        let header = bytes.withUnsafeBytes { CRC32C.of($0) }
        bytes.append(
            littleEndian: compressed.withUnsafeBytes { CRC32C.of($0, continuing: header) })
        bytes.append(contentsOf: compressed)
        return bytes
    }

    /// The content.
    ///
    /// - Throws: a `ChunkError` when a single bit is not as it was written.
    static func open(_ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { buffer in
            guard let version = buffer.first else { throw ChunkError.tooShort(0) }
            guard version == self.version else { throw ChunkError.unsupportedVersion(version) }
            guard buffer.count >= self.headerCount else { throw ChunkError.tooShort(buffer.count) }
            let compressed = UnsafeRawBufferPointer(rebasing: buffer[self.headerCount...])
            let header = CRC32C.of(.init(rebasing: buffer[..<self.checksumOffset]))
            guard
                CRC32C.of(compressed, continuing: header)
                    == buffer.littleEndian(at: self.checksumOffset, as: UInt32.self)
            else { throw ChunkError.checksumMismatch }
            guard buffer[1] == self.zstd else { throw ChunkError.unsupportedEncoding(buffer[1]) }
            return try Zstd.decompress(
                compressed, count: Int(buffer.littleEndian(at: 2, as: UInt32.self)))
        }
    }
}
