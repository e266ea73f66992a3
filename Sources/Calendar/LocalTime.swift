internal import OpsJSONRPC

/// What a clock on the wall shows, to the second; where the wall is, a ``TimeZone`` says.
public struct LocalTime: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00 on the same wall.
    public let seconds: Int64

    /// Takes seconds since the beginning of 1970 on the wall.
    public init(seconds: Int64) { self.seconds = seconds }

    /// A second of a day that is counted from 1970-01-01.
    init(day: Int64, second: Int64) { seconds = day * Self.day + second }

    /// Orders by time.
    public static func < (left: LocalTime, right: LocalTime) -> Bool {
        left.seconds < right.seconds
    }

    static let day: Int64 = 86_400

    /// The day, counted from 1970-01-01.
    var day: Int64 { seconds.flooredDivision(by: Self.day).quotient }
    /// The seconds since midnight.
    var secondOfDay: Int64 { seconds.flooredDivision(by: Self.day).remainder }
}

extension LocalTime: CustomStringConvertible {
    /// RFC 3339 without an offset: `2026-03-29T02:30:00`.
    public var description: String {
        String(Instant(milliseconds: seconds * 1000).description.prefix { $0 != "." })
    }

    /// Reads RFC 3339 without an offset, or the form of iCalendar, `20260329T023000`.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        let spelled =
            digits.count == 15
            ? "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.dropFirst(6).prefix(5)):"
                + "\(text.dropFirst(11).prefix(2)):\(text.dropFirst(13))" : text
        guard let instant = Instant("\(spelled)Z"), instant.milliseconds % 1000 == 0 else {
            return nil
        }
        seconds = instant.milliseconds / 1000
    }
}
