/// The stretch of 64 bits in which a value differs from the one before it.
struct XORWindow: Sendable, Hashable {
    let leading: Int
    let trailing: Int

    static let leadingWidth = 5
    static let widthWidth = 6
    /// Before the first change: no width at all, so nothing fits.
    static let none = XORWindow(leading: 64, width: 0)

    init(leading: Int, width: Int) {
        self.leading = leading
        self.trailing = 64 - leading - width
    }

    /// The smallest window around the bits of `difference`, which is not zero.
    init(around difference: UInt64) {
        self.leading = min(difference.leadingZeroBitCount, (1 << Self.leadingWidth) - 1)
        self.trailing = difference.trailingZeroBitCount
    }

    var width: Int { 64 - self.leading - self.trailing }

    /// Whether what needs `other` fits here and costs no more than writing `other` down.
    func isCheaper(than other: XORWindow) -> Bool {
        self.leading <= other.leading && self.trailing <= other.trailing
            && self.width <= other.width + Self.leadingWidth + Self.widthWidth
    }
}
