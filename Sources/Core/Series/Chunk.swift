/// A closed run of one series' samples, packed, with what is needed to find and trust it.
///
/// The bytes are a header of 18 bytes and the payload, numbers little-endian:
/// format version (1), encoding (1), number of samples (4), first timestamp (8), CRC-32C (4) of
/// the header before it and of the payload. A later format takes the next version; another
/// packing of the payload takes the next encoding.
struct Chunk: Sendable, Hashable {
    static let version: UInt8 = 1
    static let headerCount = 18
    private static let checksumOffset = 14

    /// How the payload is packed.
    enum Encoding: UInt8 {
        case gorilla = 1
    }

    let startAt: Int64
    let endAt: Int64
    let count: Int
    let bytes: [UInt8]

    /// Closes what `encoder` packed; its timestamps ascend.
    init(sealing encoder: ChunkEncoder) {
        self.startAt = encoder.firstAt
        self.endAt = encoder.lastAt
        self.count = encoder.count
        self.bytes = Self.assemble(
            encoding: .gorilla, count: encoder.count, firstAt: encoder.firstAt,
            payload: encoder.payload)
    }

    /// Closes samples that are sorted by time and not empty.
    init(_ samples: [Sample]) {
        var encoder = ChunkEncoder()
        for sample in samples { encoder.append(sample) }
        self.init(sealing: encoder)
    }

    func overlaps(_ from: Int64, _ to: Int64) -> Bool { self.startAt <= to && self.endAt >= from }

    /// Appends the samples between `from` and `to`, both included, to `samples`.
    ///
    /// Nothing is appended when the bytes turn out to be damaged.
    ///
    /// - Throws: a `ChunkError`.
    static func read(
        _ bytes: [UInt8], from: Int64, to: Int64, into samples: inout [Sample]
    ) throws {
        let kept = samples.count
        do {
            try bytes.withUnsafeBytes { buffer in
                var decoder = try self.decoder(of: buffer)
                while let sample = try decoder.next(), sample.at <= to {
                    if sample.at >= from { samples.append(sample) }
                }
            }
        } catch {
            samples.removeSubrange(kept...)
            throw error
        }
    }

    private static func decoder(
        of buffer: UnsafeRawBufferPointer
    ) throws(ChunkError) -> ChunkDecoder {
        guard let version = buffer.first else { throw .tooShort(0) }
        // The version is looked at first: what follows it may be laid out differently.
        guard version == self.version else { throw .unsupportedVersion(version) }
        guard buffer.count >= self.headerCount else { throw .tooShort(buffer.count) }
        let payload = UnsafeRawBufferPointer(rebasing: buffer[self.headerCount...])
        let checksum = CRC32C.of(
            payload, continuing: CRC32C.of(.init(rebasing: buffer[..<self.checksumOffset])))
        guard checksum == buffer.littleEndian(at: self.checksumOffset, as: UInt32.self) else {
            throw .checksumMismatch
        }
        guard Encoding(rawValue: buffer[1]) == .gorilla else {
            throw .unsupportedEncoding(buffer[1])
        }
        return ChunkDecoder(
            payload: payload, count: Int(buffer.littleEndian(at: 2, as: UInt32.self)),
            firstAt: buffer.littleEndian(at: 6, as: Int64.self))
    }

    private static func assemble(
        encoding: Encoding, count: Int, firstAt: Int64, payload: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = [self.version, encoding.rawValue]
        bytes.reserveCapacity(self.headerCount + payload.count)
        bytes.append(littleEndian: UInt32(count))
        bytes.append(littleEndian: firstAt)
        let header = bytes.withUnsafeBytes { CRC32C.of($0) }
        bytes.append(
            littleEndian: payload.withUnsafeBytes { CRC32C.of($0, continuing: header) })
        bytes.append(contentsOf: payload)
        return bytes
    }
}
