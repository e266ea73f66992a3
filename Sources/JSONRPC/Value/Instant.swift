/// A moment in time with milliseconds, written as RFC 3339 in UTC: `2026-11-21T01:12:45.123Z`.
public struct Instant: Sendable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    public var milliseconds: Int64

    /// Makes an instant.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads RFC 3339: any offset, 0 to 9 digits of a second's fraction (cut to milliseconds),
    /// years 0000 to 9999.
    ///
    /// Nil when the text is anything else, a date that does not exist included. Leap seconds are
    /// refused, because a count of milliseconds has no place for them.
    public init?(_ text: String) {
        var reader = InstantReader(text)
        guard let milliseconds = reader.read() else { return nil }
        self.milliseconds = milliseconds
    }
}

// MARK: - Arithmetic

extension Instant: Comparable {
    /// Tells which instant is earlier.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant that much later; at the ends of the range it stays there.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(
            duration.wholeMilliseconds)
        guard overflow else { return Instant(milliseconds: sum) }
        return Instant(milliseconds: duration < .zero ? .min : .max)
    }

    /// The instant that much earlier; at the ends of the range it stays there.
    public static func - (instant: Instant, duration: Duration) -> Instant {
        instant + (.zero - duration)
    }

    /// The time from the right instant to the left one.
    public static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds) - .milliseconds(right.milliseconds)
    }

    /// Moves the instant later.
    public static func += (instant: inout Instant, duration: Duration) {
        instant = instant + duration
    }
}

extension Duration {
    /// The whole milliseconds, cut toward zero; at the ends of the range it stays there.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }
}

// MARK: - Text

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with three digits of a second's fraction.
    ///
    /// A year outside 0000 to 9999, which RFC 3339 cannot say, is written with its sign.
    public var description: String {
        let (days, rest) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        var out: [UInt8] = []
        out.reserveCapacity(24)
        out.append(year: date.year)
        out.append("-", date.month, width: 2)
        out.append("-", date.day, width: 2)
        out.append("T", rest / 3_600_000, width: 2)
        out.append(":", rest / 60_000 % 60, width: 2)
        out.append(":", rest / 1000 % 60, width: 2)
        out.append(".", rest % 1000, width: 3)
        out.append(UInt8(ascii: "Z"))
        return String(decoding: out, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(year: Int64) {
        if 0...9999 ~= year {
            append("", year, width: 4)
        } else {
            append(year < 0 ? "-" : "+", Int64(year.magnitude), width: 6)
        }
    }

    fileprivate mutating func append(_ mark: StaticString, _ number: Int64, width: Int) {
        append(ascii: mark)
        let first = count
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width))
        var place = count - 1
        var number = number
        while number > 0 && place >= first {
            self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
            number /= 10
            place -= 1
        }
        // A year of more digits than its width is written before the zeros ran out.
        while number > 0 {
            insert(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10), at: first)
            number /= 10
        }
    }
}

extension Instant: Codable {
    /// Reads the text of RFC 3339.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "expected a time such as 2026-11-21T01:12:45.123Z, found \"\(text)\"")
        }
        self = instant
    }

    /// Writes the text of RFC 3339.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
