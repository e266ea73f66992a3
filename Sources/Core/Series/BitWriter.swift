/// Packs numbers of any width from 1 to 64 bits, most significant bit first.
struct BitWriter: Sendable {
    private var words: [UInt64] = []
    private var open: UInt64 = 0
    private var used = 0

    /// What `bytes` will hold, without building it.
    var byteCount: Int { self.words.count * 8 + (self.used + 7) / 8 }

    /// Appends the lowest `width` bits of `value`; the bits above them have to be zero.
    mutating func write(_ value: UInt64, width: Int) {
        let free = 64 - self.used
        if width < free {
            self.open |= value << UInt64(free - width)
            self.used += width
        } else {
            let rest = width - free
            self.words.append(self.open | (value >> UInt64(rest)))
            // A shift by 64 gives zero in Swift, which is what an exactly full word needs.
            self.open = value << UInt64(64 - rest)
            self.used = rest
        }
    }

    /// Everything written so far; the last byte is filled up with zero bits.
    var bytes: [UInt8] {
        let count = self.byteCount
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for (index, word) in self.words.enumerated() {
                Self.store(word, upTo: 8, at: index * 8, in: buffer)
            }
            Self.store(
                self.open, upTo: count - self.words.count * 8, at: self.words.count * 8, in: buffer)
            initialized = count
        }
    }

    private static func store(
        _ word: UInt64, upTo count: Int, at offset: Int,
        in buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        for index in 0..<count {
            buffer[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(56 - index * 8))
        }
    }
}
