/// Eight bytes of text looked at together, because strings are most of what travels.
struct ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    private let bits: UInt64

    /// Loads the bytes at that place; nil when fewer than eight are left.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) {
        guard position &+ 8 <= bytes.count, let base = bytes.baseAddress else { return nil }
        bits = UInt64(
            littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
    }

    /// How many bytes come before the first one that is a quote, a backslash, a control character
    /// or not ASCII; 8 when there is none.
    @inline(__always)
    var plainCount: Int {
        // A borrow may mark bytes above the first hit wrongly, but never one below it.
        let quote = bits ^ Self.ones &* 0x22
        let backslash = bits ^ Self.ones &* 0x5C
        let hits =
            ((quote &- Self.ones) & ~quote) | ((backslash &- Self.ones) & ~backslash)
            | ((bits &- Self.ones &* 0x20) & ~bits) | bits
        return (hits & Self.highBits).trailingZeroBitCount / 8
    }
}
