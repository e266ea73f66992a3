/// Reads the rows that a `TailWriter` packed.
enum TailReader {
    /// Calls `body` for every sample of a row, in the order of its arrival.
    ///
    /// - Throws: a `ChunkError` when the row is damaged, before the first call of `body` unless
    ///   the damage goes unnoticed by the checksum.
    static func read(_ bytes: [UInt8], _ body: (SeriesID, Sample) -> Void) throws {
        try bytes.withUnsafeBytes { buffer in
            let count = try self.check(buffer)
            var input = VariableReader(
                UnsafeRawBufferPointer(rebasing: buffer[TailWriter.headerCount...]))
            var id: Int64 = 0
            var at: Int64 = 0
            for _ in 0..<count {
                id &+= try input.readSigned()
                at &+= try input.readSigned()
                let value = Double(bitPattern: try input.read().byteSwapped)
                guard let series = SeriesID(exactly: id) else { throw ChunkError.badNumber }
                body(series, Sample(at: at, value: value))
            }
        }
    }

    /// The number of samples, when the row can be trusted.
    private static func check(_ buffer: UnsafeRawBufferPointer) throws(ChunkError) -> Int {
        guard let version = buffer.first else { throw .tooShort(0) }
        guard version == TailWriter.version else { throw .unsupportedVersion(version) }
        guard buffer.count >= TailWriter.headerCount else { throw .tooShort(buffer.count) }
        let header = CRC32C.of(.init(rebasing: buffer[..<5]))
        let checksum = CRC32C.of(
            .init(rebasing: buffer[TailWriter.headerCount...]), continuing: header)
        guard checksum == buffer.littleEndian(at: 5, as: UInt32.self) else {
            throw .checksumMismatch
        }
        return Int(buffer.littleEndian(at: 1, as: UInt32.self))
    }
}
