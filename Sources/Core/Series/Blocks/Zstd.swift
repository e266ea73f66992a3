internal import CZstd

/// Compression of blocks and of the series' names, by libzstd.
enum Zstd {
    /// Compresses `bytes`; a higher level takes longer and gives fewer bytes.
    static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let result = ZSTD_compress(buffer.baseAddress, bound, bytes, bytes.count, level)
            // It fails for lack of room or of memory only, and the bound leaves room.
            precondition(ZSTD_isError(result) == 0, "libzstd has no memory left to compress with")
            count = result
        }
    }

    /// Restores what `compress` was given, which was `count` bytes long.
    ///
    /// - Throws: `ChunkError.truncated` when the bytes are no such frame or of another length.
    static func decompress(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) throws(ChunkError) -> [UInt8] {
        // Asked first: a damaged length must not lead to a huge allocation.
        let promised = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
        guard promised == UInt64(count) else { throw .truncated }
        var result = 0
        let restored = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = ZSTD_decompress(buffer.baseAddress, count, bytes.baseAddress, bytes.count)
            initialized = ZSTD_isError(result) == 0 ? result : 0
        }
        guard restored.count == count else { throw .truncated }
        return restored
    }
}
