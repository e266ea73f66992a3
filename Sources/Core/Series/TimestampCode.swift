/// One way to write how much the distance between two timestamps changed.
///
/// A prefix is followed by the change as a signed number of `width` bits. No change at all is the
/// single bit `0`.
struct TimestampCode: Sendable {
    let prefix: UInt64
    let prefixWidth: Int
    let width: Int

    /// Narrowest first.
    ///
    /// Chosen by the jitter of a recorded scraper (milliseconds, mostly below 16), so that a
    /// missed scrape of a minute still fits the last but one.
    static let all = [
        TimestampCode(prefix: 0b10, prefixWidth: 2, width: 3),
        TimestampCode(prefix: 0b110, prefixWidth: 3, width: 5),
        TimestampCode(prefix: 0b1110, prefixWidth: 4, width: 9),
        TimestampCode(prefix: 0b11110, prefixWidth: 5, width: 18),
        TimestampCode(prefix: 0b11111, prefixWidth: 5, width: 64),
    ]

    var mask: UInt64 { self.width == 64 ? .max : (1 << UInt64(self.width)) - 1 }

    func holds(_ change: Int64) -> Bool {
        // Shifting all value bits out leaves only copies of the sign.
        let sign = change >> Int64(self.width - 1)
        return sign == 0 || sign == -1
    }

    func number(from bits: UInt64) -> Int64 {
        let unused = UInt64(64 - self.width)
        return Int64(bitPattern: bits << unused) >> Int64(unused)
    }
}
