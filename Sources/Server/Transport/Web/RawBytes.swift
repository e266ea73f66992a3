internal import Glibc

extension UnsafeRawBufferPointer {
    /// Whether these are exactly the bytes of a text.
    func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { equals(UnsafeRawBufferPointer($0)) }
    }

    /// Whether these are exactly those bytes.
    func equals(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { equals($0) } }

    private func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }
}

extension Collection where Element == UInt8 {
    /// Whether these are the bytes of a text in lower case, whatever case they are in themselves.
    func isLowercased(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && text.withUTF8Buffer { lower in
                zip(self, lower).allSatisfy { byte, lower in
                    byte == lower || ((0x41...0x5A).contains(byte) && byte | 0x20 == lower)
                }
            }
    }
}

extension Array where Element == UInt8 {
    /// Appends a text whose bytes are known at compile time.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }
}

extension Array where Element == UInt8 {
    /// Appends a number of three digits.
    mutating func append(decimal number: Int) {
        append(UInt8(0x30 + number / 100))
        append(UInt8(0x30 + number / 10 % 10))
        append(UInt8(0x30 + number % 10))
    }
}
