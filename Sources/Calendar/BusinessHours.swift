/// A stretch of a day in which people work, by clocks on the wall.
public struct BusinessHours: Sendable, Hashable {
    /// The first second, counted from midnight.
    public let start: Int64
    /// The first second after it; 86,400 is the midnight that ends the day.
    public let end: Int64

    /// Reads two times of a day such as `09:00` and `17:30`; the second may be `24:00`.
    ///
    /// - Throws: A ``CalendarError`` when one is no time, or the second is not after the first.
    public init(_ start: String, _ end: String) throws(CalendarError) {
        guard let first = Self.second(of: start), let last = Self.second(of: end) else {
            throw CalendarError("\(start)-\(end)", "are no times of a day, such as 09:00 and 17:30")
        }
        guard first < last else {
            throw CalendarError("\(start)-\(end)", "ends before it begins; cut a night in two")
        }
        self.start = first
        self.end = last
    }

    /// Puts stretches of a day in order.
    ///
    /// - Throws: A ``CalendarError`` when two of them overlap.
    static func inOrder(_ hours: [BusinessHours]) throws(CalendarError) -> [BusinessHours] {
        let sorted = hours.sorted { $0.start < $1.start }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where later.start < earlier.end {
            throw CalendarError("\(earlier) and \(later)", "overlap")
        }
        return sorted
    }

    private static func second(of text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2,
            parts.allSatisfy({
                $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
            }),
            let hour = Int64(parts[0]), let minute = Int64(parts[1]), minute < 60,
            hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return hour * 3600 + minute * 60
    }
}

extension BusinessHours: CustomStringConvertible {
    /// As it is read: `09:00-17:30`.
    public var description: String { "\(Self.text(of: start))-\(Self.text(of: end))" }

    private static func text(of second: Int64) -> String {
        let (hour, minute) = (second / 3600, second / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
