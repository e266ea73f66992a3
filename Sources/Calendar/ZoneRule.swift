internal import OpsJSONRPC

/// What holds in a zone after the last change that its file lists: a rule in the form of POSIX's
/// `TZ`, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    /// A second of every year, before the offset.
    struct Change: Sendable {
        enum Day: Sendable {
            /// Day 1 to 365, where 29 February is never counted.
            case julian(Int64)
            /// Day 0 to 365.
            case ordinal(Int64)
            /// The n-th such day of a week in a month; 5 is the last. Sunday is 0.
            case weekday(month: Int64, nth: Int64, day: Int64)
        }

        var day: Day
        var time: Int64
    }

    private let standard: Int64
    private let summer: (offset: Int64, from: Change, to: Change)?

    func offset(at second: Int64) -> Int64 {
        guard let summer else { return standard }
        let day = (second + standard).flooredDivision(by: LocalTime.day).quotient
        let year = CivilDate(daysSinceEpoch: day).year
        let from = summer.from.second(in: year) - standard
        let to = summer.to.second(in: year) - summer.offset
        let isSummer = from < to ? from <= second && second < to : !(to <= second && second < from)
        return isSummer ? summer.offset : standard
    }

    /// Nil when the text is no such rule; an empty one says that there is none.
    init?(_ text: String) {
        var reader = ZoneRuleReader(text)
        guard reader.name(), let standard = reader.offset() else { return nil }
        self.standard = standard
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        let offset = reader.isAtComma ? standard + 3600 : reader.offset()
        guard let offset, let from = reader.change(), let to = reader.change(), reader.isAtEnd
        else { return nil }
        summer = (offset, from, to)
    }
}

extension ZoneRule.Change {
    /// The seconds from 1970 to the change, on a clock that keeps the offset before it.
    func second(in year: Int64) -> Int64 { dayNumber(in: year) * LocalTime.day + time }

    private func dayNumber(in year: Int64) -> Int64 {
        let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        switch day {
        case .ordinal(let number): return first + number
        case .julian(let number):
            let march = CivilDate(year: year, month: 3, day: 1).daysSinceEpoch
            return number >= 60 ? march + number - 60 : first + number - 1
        case .weekday(let month, let nth, let day):
            return Self.weekday(day, nth: nth, year: year, month: month)
        }
    }

    private static func weekday(_ day: Int64, nth: Int64, year: Int64, month: Int64) -> Int64 {
        let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
        // 1 January 1970 was a Thursday.
        let ahead = (day - (first + 4)).flooredDivision(by: 7).remainder
        var found = first + ahead + (nth - 1) * 7
        while CivilDate(daysSinceEpoch: found).month != month { found -= 7 }
        return found
    }
}

/// Reads the text of a rule from left to right.
private struct ZoneRuleReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }
    var isAtComma: Bool { rest.first == UInt8(ascii: ",") }

    /// Skips a zone's abbreviation: letters, or anything in angle brackets.
    mutating func name() -> Bool {
        if skip("<") {
            rest = rest.drop { $0 != UInt8(ascii: ">") }
            return skip(">")
        }
        let count = rest.count
        rest = rest.drop { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
        return rest.count < count
    }

    /// An offset, which POSIX counts to the west.
    mutating func offset() -> Int64? { time().map { -$0 } }

    mutating func change() -> ZoneRule.Change? {
        guard skip(","), let day = day() else { return nil }
        guard skip("/") else { return ZoneRule.Change(day: day, time: 2 * 3600) }
        return time().map { ZoneRule.Change(day: day, time: $0) }
    }

    private mutating func day() -> ZoneRule.Change.Day? {
        if skip("M") {
            guard let month = number(1...12), skip("."), let nth = number(1...5), skip("."),
                let day = number(0...6)
            else { return nil }
            return .weekday(month: month, nth: nth, day: day)
        }
        return skip("J")
            ? number(1...365).map { .julian($0) } : number(0...365).map { .ordinal($0) }
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time() -> Int64? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard var seconds = number(0...167).map({ $0 * 3600 }) else { return nil }
        for unit: Int64 in [60, 1] where skip(":") {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int64(String(Substring(digits))), range.contains(number) else {
            return nil
        }
        rest = rest.dropFirst(digits.count)
        return number
    }

    private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
