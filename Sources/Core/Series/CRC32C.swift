/// The Castagnoli checksum (polynomial 0x1EDC6F41, reflected), eight bytes a step.
enum CRC32C {
    /// The checksum of `bytes`, or of what came before followed by `bytes`.
    static func of(_ bytes: UnsafeRawBufferPointer, continuing checksum: UInt32 = 0) -> UInt32 {
        self.tables.withUnsafeBufferPointer { tables in
            var crc = ~checksum
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
                crc = self.step(word ^ UInt64(crc), tables)
                offset += 8
            }
            while offset < bytes.count {
                crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
                offset += 1
            }
            return ~crc
        }
    }

    private static func step(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        var crc: UInt32 = 0
        for index in 0..<8 {
            let byte = Int((word >> UInt64(index * 8)) & 0xFF)
            crc ^= tables[(7 - index) * 256 + byte]
        }
        return crc
    }

    /// Table `n` (256 entries each) advances a byte by `n` further zero bytes.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { crc, _ in
                (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F6_3B78)
            }
        }
        for index in 256..<(8 * 256) {
            let previous = tables[index - 256]
            tables.append((previous >> 8) ^ tables[Int(previous & 0xFF)])
        }
        return tables
    }()
}
