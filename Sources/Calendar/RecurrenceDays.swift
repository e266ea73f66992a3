internal import OpsJSONRPC

/// Says which days a rule hits; days are counted from 1970-01-01.
struct RecurrenceDays: Sendable {
    private let rule: RecurrenceRule
    private let months: [Int]
    private let monthDays: [Int]
    private let weekdays: [RecurrenceRule.Weekday]

    /// Takes from the start what the rule leaves open.
    init(_ rule: RecurrenceRule, start: LocalTime) {
        self.rule = rule
        let date = CivilDate(daysSinceEpoch: start.day)
        let isOpen =
            rule.weeks.isEmpty && rule.yearDays.isEmpty && rule.monthDays.isEmpty
            && rule.weekdays.isEmpty
        let isYearly = rule.frequency == .yearly
        months = isOpen && isYearly && rule.months.isEmpty ? [Int(date.month)] : rule.months
        monthDays =
            isOpen && (isYearly || rule.frequency == .monthly) ? [Int(date.day)] : rule.monthDays
        let takesWeekday =
            isOpen && rule.frequency == .weekly
            || !rule.weeks.isEmpty && rule.weekdays.isEmpty && rule.monthDays.isEmpty
                && rule.yearDays.isEmpty
        weekdays =
            takesWeekday
            ? [RecurrenceRule.Weekday(nth: 0, day: Self.weekday(start.day))] : rule.weekdays
    }

    /// The days of a span of days that the rule hits.
    func hits(in days: Range<Int64>) -> [Int64] { days.filter(hits) }

    /// Whether the rule hits a day.
    func hits(_ day: Int64) -> Bool {
        let date = CivilDate(daysSinceEpoch: day)
        if !months.isEmpty, !months.contains(Int(date.month)) { return false }
        if !monthDays.isEmpty, !Self.contains(monthDays, day, in: Self.month(of: date)) {
            return false
        }
        if !rule.yearDays.isEmpty, !Self.contains(rule.yearDays, day, in: Self.year(date.year)) {
            return false
        }
        if !rule.weeks.isEmpty, !hitsWeek(day, date.year) { return false }
        return weekdays.isEmpty || weekdays.contains { hits(day, date, $0) }
    }

    /// Monday is 0; 1 January 1970 was a Thursday.
    static func weekday(_ day: Int64) -> Int { Int((day + 3).flooredDivision(by: 7).remainder) }

    static func year(_ year: Int64) -> Range<Int64> {
        CivilDate(year: year, month: 1, day: 1)
            .daysSinceEpoch..<CivilDate(
                year: year + 1, month: 1, day: 1
            ).daysSinceEpoch
    }

    static func month(of date: CivilDate) -> Range<Int64> {
        let next = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
        return CivilDate(year: date.year, month: date.month, day: 1)
            .daysSinceEpoch..<CivilDate(
                year: next.0, month: next.1, day: 1
            ).daysSinceEpoch
    }

    // MARK: - Parts

    /// Whether a day is one of the numbered ones of a span, counted from 1 or from the end.
    private static func contains(_ numbers: [Int], _ day: Int64, in span: Range<Int64>) -> Bool {
        numbers.contains(Int(day - span.lowerBound) + 1)
            || numbers.contains(Int(day - span.upperBound))
    }

    private func hits(
        _ day: Int64, _ date: CivilDate, _ weekday: RecurrenceRule.Weekday
    ) -> Bool {
        guard Self.weekday(day) == weekday.day else { return false }
        guard weekday.nth != 0 else { return true }
        let isInMonth = rule.frequency == .monthly || !months.isEmpty
        let span = isInMonth ? Self.month(of: date) : Self.year(date.year)
        return weekday.nth > 0
            ? Int(day - span.lowerBound) / 7 + 1 == weekday.nth
            : -(Int(span.upperBound - 1 - day) / 7 + 1) == weekday.nth
    }

    /// Whether a day lies in one of the numbered weeks of a year.
    ///
    /// A week belongs to the year that has most of its days; a day at the end of December may so
    /// lie in week 1, which is of the next year but hit in this one.
    private func hitsWeek(_ day: Int64, _ year: Int64) -> Bool {
        (year - 1...year + 1).contains { owner in
            let weeks = firstWeek(of: owner)..<firstWeek(of: owner + 1)
            guard weeks.contains(day) else { return false }
            let number = Int(day - weeks.lowerBound) / 7 + 1
            let count = Int(weeks.upperBound - weeks.lowerBound) / 7
            return rule.weeks.contains(number) || rule.weeks.contains(number - count - 1)
        }
    }

    /// The first day of the first week with at least four days in the year.
    private func firstWeek(of year: Int64) -> Int64 {
        let first = Self.year(year).lowerBound
        let since = Int64((Self.weekday(first) - rule.weekStart + 7) % 7)
        return since <= 3 ? first - since : first + 7 - since
    }
}
