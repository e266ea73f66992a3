public import OpsJSONRPC

/// When people work: the hours of a week in a time zone, and the days that are different.
///
/// What is counted is the time that passes while it is open, whatever the clocks on the wall do: a
/// night from 22:00 to 06:00 has seven hours when they are set forwards. Where hours begin or end
/// at a local time that is left out or comes twice, ``TimeZone`` says which instant is meant.
public struct BusinessCalendar: Sendable {
    /// Where the clocks hang.
    public let zone: TimeZone
    private let week: [[BusinessHours]]
    private let days: [Int64: [BusinessHours]]

    /// How far to look for work: a calendar that is closed for ten years is closed.
    private static let horizon: Int64 = 3660

    /// Puts a calendar together.
    ///
    /// - Parameters:
    ///   - week: The hours of Monday to Sunday, seven lists; a day off is an empty one.
    ///   - days: The hours of days that are not like their weekday, by dates such as `2026-12-25`.
    /// - Throws: A ``CalendarError`` that names the day whose hours overlap, or what is no date.
    public init(
        zone: TimeZone, week: [[BusinessHours]], days: [String: [BusinessHours]] = [:]
    ) throws(CalendarError) {
        guard week.count == 7 else { throw CalendarError("week", "has seven days") }
        self.zone = zone
        var inOrder: [[BusinessHours]] = []
        for hours in week { inOrder.append(try BusinessHours.inOrder(hours)) }
        self.week = inOrder
        var byDay: [Int64: [BusinessHours]] = [:]
        for (date, hours) in days {
            guard date.utf8.count == 10, let midnight = LocalTime("\(date)T00:00:00") else {
                throw CalendarError(date, "is no date, such as 2026-12-25")
            }
            byDay[midnight.day] = try BusinessHours.inOrder(hours)
        }
        self.days = byDay
    }

    /// How much is worked between two instants; nothing when the second is not later.
    public func work(from start: Instant, to end: Instant) -> Duration {
        var milliseconds: Int64 = 0
        visit(from: start) { opening in
            guard opening.lowerBound < end else { return false }
            milliseconds +=
                min(opening.upperBound, end).milliseconds - opening.lowerBound.milliseconds
            return true
        }
        return .milliseconds(milliseconds)
    }

    /// The earliest instant at which so much is worked since `start`, to the millisecond.
    ///
    /// The last moment of an opening belongs to it: eight hours from nine o'clock end at five, not
    /// at nine the next day. Nil when the calendar is closed for the next ten years.
    public func instant(after work: Duration, of start: Instant) -> Instant? {
        guard work > .zero else { return start }
        let (seconds, attoseconds) = work.components
        var left = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        var end: Instant?
        visit(from: start) { opening in
            let span = opening.upperBound.milliseconds - opening.lowerBound.milliseconds
            if left <= span {
                end = Instant(milliseconds: opening.lowerBound.milliseconds + left)
                return false
            }
            left -= span
            return true
        }
        return end
    }

    /// The opening in which an instant lies, or else the next one; nil when there is none for ten years.
    public func opening(at instant: Instant) -> Range<Instant>? {
        var found: Range<Instant>?
        visit(from: instant, whole: true) { opening in
            found = opening
            return false
        }
        return found
    }

    // MARK: - Openings

    /// Goes through what is open after an instant, in order, until the visitor has seen enough or
    /// nothing came for ten years.
    private func visit(
        from start: Instant, whole: Bool = false, _ visitor: (Range<Instant>) -> Bool
    ) {
        // Yesterday's hours may reach into today, where the clocks were changed at midnight.
        var day = zone.local(at: start).day - 1
        var (last, covered) = (day, start)
        while day - last <= Self.horizon {
            for opening in openings(of: day) {
                // In a gap of the clocks two stretches may come to the same instants, which pass once.
                let from = max(opening.lowerBound, covered)
                guard from < opening.upperBound else { continue }
                let isFirst = covered == start
                covered = opening.upperBound
                last = day
                let seen = whole && isFirst ? opening : from..<opening.upperBound
                guard visitor(seen) else { return }
            }
            day += 1
        }
    }

    private func openings(of day: Int64) -> [Range<Instant>] {
        let hours = hours(of: day)
        guard !hours.isEmpty else { return [] }
        // Nearly every day is one on which the clocks are left alone, and then it is plain to reckon.
        if let offset = zone.steadyOffset(fromDay: day - 1, toDay: day + 2) {
            let midnight = day * LocalTime.day - offset
            return hours.map {
                Instant(
                    milliseconds: (midnight + $0.start) * 1000)..<Instant(
                        milliseconds: (midnight + $0.end) * 1000)
            }
        }
        // What begins in a gap of the clocks may come after what is written behind it.
        return hours.compactMap { hours in
            let start = zone.instant(of: LocalTime(day: day, second: hours.start))
            let end = zone.instant(of: LocalTime(day: day, second: hours.end))
            return start < end ? start..<end : nil
        }.sorted { $0.lowerBound < $1.lowerBound }
    }

    private func hours(of day: Int64) -> [BusinessHours] {
        // 1970-01-01 was a Thursday.
        days[day] ?? week[Int((day + 3).flooredDivision(by: 7).remainder)]
    }
}
