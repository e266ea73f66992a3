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
        let sum = duration.wholeMilliseconds.map {
            instant.milliseconds.addingReportingOverflow($0)
        }
        guard let sum, !sum.overflow else {
            return Instant(milliseconds: duration < .zero ? .min : .max)
        }
        return Instant(milliseconds: sum.partialValue)
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
    /// The whole milliseconds, cut toward zero; nil when they are out of range.
    fileprivate var wholeMilliseconds: Int64? {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || carry ? nil : sum
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
        return String(unsafeUninitializedCapacity: 40) { room in
            var writer = DigitWriter(room)
            writer.write(year: date.year)
            writer.write("-", date.month, width: 2)
            writer.write("-", date.day, width: 2)
            writer.write("T", rest / 3_600_000, width: 2)
            writer.write(":", rest / 60_000 % 60, width: 2)
            writer.write(":", rest / 1000 % 60, width: 2)
            writer.write(".", rest % 1000, width: 3)
            writer.write("Z")
            return writer.count
        }
    }
}

/// Writes numbers of fixed width into room that is known to suffice.
private struct DigitWriter {
    private let room: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ room: UnsafeMutableBufferPointer<UInt8>) { self.room = room }

    mutating func write(year: Int64) {
        if 0...9999 ~= year {
            write(year, width: 4)
        } else {
            // No count of milliseconds reaches a year of more than nine digits.
            let width = year.magnitude < 1_000_000 ? 6 : 9
            write(year < 0 ? "-" : "+", Int64(year.magnitude), width: width)
        }
    }

    mutating func write(_ mark: Unicode.Scalar) {
        room[count] = UInt8(ascii: mark)
        count += 1
    }

    mutating func write(_ mark: Unicode.Scalar, _ number: Int64, width: Int) {
        write(mark)
        write(number, width: width)
    }

    private mutating func write(_ number: Int64, width: Int) {
        var rest = number
        for place in stride(from: count + width - 1, through: count, by: -1) {
            room[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
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
