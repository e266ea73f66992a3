/// A rule by which something comes again, as in RFC 5545: `FREQ=MONTHLY;BYDAY=1SU;BYHOUR=2`.
///
/// The rule is about clocks on a wall; ``Recurrence`` puts the wall into a time zone. What the rule
/// leaves open (the day, the hour, the minute) is taken from the start. The start itself counts
/// only when the rule hits it.
public struct RecurrenceRule: Sendable, Equatable {
    /// The length of a period, out of which `INTERVAL` takes every n-th.
    enum Frequency: String, Sendable, CaseIterable {
        case hourly = "HOURLY"
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// A day of the week, 0 for Monday, and which one of its month or year; 0 for every one.
    struct Weekday: Sendable, Hashable {
        var nth: Int
        var day: Int
    }

    /// The last moment that counts: on the wall, or everywhere.
    enum Until: Sendable, Equatable {
        case local(LocalTime)
        case utc(LocalTime)
    }

    /// The rule as it was written.
    public let text: String
    var frequency = Frequency.daily
    var interval = 1
    var count: Int?
    var until: Until?
    var weekStart = 0
    var months: [Int] = []
    var weeks: [Int] = []
    var yearDays: [Int] = []
    var monthDays: [Int] = []
    var weekdays: [Weekday] = []
    var hours: [Int] = []
    var minutes: [Int] = []
    var seconds: [Int] = []
    var positions: [Int] = []

    /// Reads a rule.
    ///
    /// - Throws: A ``CalendarError`` about the part that is wrong. `SECONDLY` and `MINUTELY`,
    ///   leap seconds and calendars other than the Gregorian one are refused.
    public init(_ text: String) throws(CalendarError) {
        self.text = text
        var known: Set<String> = []
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw CalendarError("", "consists of parts like FREQ=DAILY, not \"\(part)\"")
            }
            let name = sides[0].uppercased()
            guard known.insert(name).inserted else { throw CalendarError(name, "stands twice") }
            try read(name, sides[1].uppercased())
        }
        guard known.contains("FREQ") else { throw CalendarError("FREQ", "is required") }
        try check()
    }

    // MARK: - Parts

    private mutating func read(_ name: String, _ value: String) throws(CalendarError) {
        switch name {
        case "FREQ": frequency = try Self.frequency(value)
        case "INTERVAL": interval = try Self.number(name, value, 1...10_000)
        case "COUNT": count = try Self.number(name, value, 1...10_000)
        case "UNTIL": until = try Self.until(value)
        case "WKST": weekStart = try Self.day(name, value)
        case "BYMONTH": months = try Self.numbers(name, value, 1...12)
        case "BYWEEKNO": weeks = try Self.numbers(name, value, 1...53, isSigned: true)
        case "BYYEARDAY": yearDays = try Self.numbers(name, value, 1...366, isSigned: true)
        case "BYMONTHDAY": monthDays = try Self.numbers(name, value, 1...31, isSigned: true)
        case "BYDAY": weekdays = try Self.weekdays(value)
        case "BYHOUR": hours = try Self.numbers(name, value, 0...23)
        case "BYMINUTE": minutes = try Self.numbers(name, value, 0...59)
        case "BYSECOND": seconds = try Self.numbers(name, value, 0...59)
        case "BYSETPOS": positions = try Self.numbers(name, value, 1...366, isSigned: true)
        default: throw CalendarError(name, "is no part of a rule that is known here")
        }
    }

    /// What RFC 5545 forbids to stand together.
    private func check() throws(CalendarError) {
        if count != nil, until != nil {
            throw CalendarError("UNTIL", "and COUNT cannot stand together")
        }
        if !weeks.isEmpty, frequency != .yearly {
            throw CalendarError("BYWEEKNO", "is for FREQ=YEARLY")
        }
        if !yearDays.isEmpty, ![.yearly, .hourly].contains(frequency) {
            throw CalendarError("BYYEARDAY", "is for FREQ=YEARLY and HOURLY")
        }
        if !monthDays.isEmpty, frequency == .weekly {
            throw CalendarError("BYMONTHDAY", "is not for FREQ=WEEKLY")
        }
        let isCounted = weekdays.contains { $0.nth != 0 }
        if isCounted, ![.monthly, .yearly].contains(frequency) || !weeks.isEmpty {
            throw CalendarError(
                "BYDAY", "takes a number with FREQ=MONTHLY, and with YEARLY without BYWEEKNO")
        }
        try checkTimes()
        let others = [months, weeks, yearDays, monthDays, hours, minutes, seconds]
        if !positions.isEmpty, weekdays.isEmpty, others.allSatisfy(\.isEmpty) {
            throw CalendarError("BYSETPOS", "needs another part that begins with BY")
        }
    }

    /// Every time of a day is gone through; more of them than minutes are of no use to anybody.
    private func checkTimes() throws(CalendarError) {
        let daily = frequency == .hourly ? 24 : max(1, hours.count)
        let count = daily * max(1, minutes.count) * max(1, seconds.count)
        guard count > Self.maxTimesADay else { return }
        throw CalendarError(
            "BYSECOND",
            "with BYHOUR and BYMINUTE makes \(count) times a day; \(Self.maxTimesADay) is the most")
    }

    private static let maxTimesADay = 1440

    private static func frequency(_ value: String) throws(CalendarError) -> Frequency {
        if let frequency = Frequency(rawValue: value) { return frequency }
        let known = Frequency.allCases.map(\.rawValue).joined(separator: ", ")
        throw CalendarError("FREQ", "is one of \(known), not \(value)")
    }

    private static func until(_ value: String) throws(CalendarError) -> Until {
        let isUTC = value.hasSuffix("Z")
        guard value.contains("T"), let time = LocalTime(isUTC ? String(value.dropLast()) : value)
        else {
            throw CalendarError(
                "UNTIL", "is a time such as 20271231T230000Z, or local without the Z")
        }
        return isUTC ? .utc(time) : .local(time)
    }

    private static let dayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    private static func day(_ part: String, _ name: some StringProtocol) throws(CalendarError)
        -> Int
    {
        if let day = dayNames.firstIndex(where: { $0 == name }) { return day }
        throw CalendarError(
            part, "has days such as \(dayNames.joined(separator: ", ")), not \(name)")
    }

    private static func weekdays(_ value: String) throws(CalendarError) -> [Weekday] {
        try value.split(separator: ",", omittingEmptySubsequences: false).map {
            item throws(CalendarError) in
            let day = try day("BYDAY", item.suffix(2))
            let nth = item.dropLast(2)
            guard !nth.isEmpty else { return Weekday(nth: 0, day: day) }
            return Weekday(nth: try number("BYDAY", nth, 1...53, isSigned: true), day: day)
        }
    }

    private static func numbers(
        _ part: String, _ value: String, _ range: ClosedRange<Int>, isSigned: Bool = false
    ) throws(CalendarError) -> [Int] {
        let items = value.split(separator: ",", omittingEmptySubsequences: false)
        var numbers: Set<Int> = []
        for item in items { numbers.insert(try number(part, item, range, isSigned: isSigned)) }
        return numbers.sorted()
    }

    private static func number(
        _ part: String, _ text: some StringProtocol, _ range: ClosedRange<Int>,
        isSigned: Bool = false
    ) throws(CalendarError) -> Int {
        // The magnitude, because the least number has no positive one.
        if let number = Int(text), isSigned || number >= 0,
            range.contains(Int(clamping: number.magnitude))
        {
            return number
        }
        let signs = isSigned ? ", or negative from the end" : ""
        throw CalendarError(
            part, "takes \(range.lowerBound) to \(range.upperBound)\(signs), not \(text)")
    }
}
