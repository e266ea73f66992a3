internal import OpsJSONRPC

/// Goes through the periods of a rule and answers the local times in each, in order.
struct RecurrencePeriods: Sendable {
    private let rule: RecurrenceRule
    let start: LocalTime
    private let days: RecurrenceDays
    /// The seconds since midnight, for rules whose periods are days or longer.
    private let times: [Int64]

    init(_ rule: RecurrenceRule, start: LocalTime) {
        self.rule = rule
        self.start = start
        days = RecurrenceDays(rule, start: start)
        let second = start.secondOfDay
        let hours = rule.hours.isEmpty ? [Int(second / 3600)] : rule.hours
        times = hours.flatMap { hour in Self.times(rule, second).map { Int64(hour) * 3600 + $0 } }
    }

    /// The number of the period in which a local time lies; the start lies in number 0.
    func number(of local: LocalTime) -> Int64 {
        let distance = position(of: local) - position(of: start)
        return distance.flooredDivision(by: Int64(rule.interval)).quotient
    }

    /// The local times of a period, in order; those before the start are left out.
    func times(in number: Int64) -> [LocalTime] {
        var found = all(in: position(of: start) + number * Int64(rule.interval))
        if !rule.positions.isEmpty {
            let chosen = rule.positions.map { $0 > 0 ? $0 - 1 : found.count + $0 }
            found = Set(chosen).sorted().compactMap {
                found.indices.contains($0) ? found[$0] : nil
            }
        }
        return found.filter { $0 >= start }
    }

    /// When a period begins.
    func beginning(of number: Int64) -> LocalTime {
        let position = position(of: start) + number * Int64(rule.interval)
        guard rule.frequency == .hourly else {
            return LocalTime(day: span(position).lowerBound, second: 0)
        }
        return LocalTime(seconds: position * 3600)
    }

    /// The next period in which there may be something: the hours of a day that is not hit are
    /// not gone through one by one.
    func next(after number: Int64) -> Int64 {
        guard rule.frequency == .hourly else { return number + 1 }
        let day = beginning(of: number).day
        guard !days.hits(day) else { return number + 1 }
        return max(number + 1, self.number(of: LocalTime(day: day + 1, second: 0)))
    }

    // MARK: - Periods as numbers

    /// Which year, month, week, day or hour it is, in a count without gaps.
    private func position(of local: LocalTime) -> Int64 {
        switch rule.frequency {
        case .yearly: return CivilDate(daysSinceEpoch: local.day).year
        case .monthly:
            let date = CivilDate(daysSinceEpoch: local.day)
            return date.year * 12 + date.month - 1
        case .weekly:
            return (local.day + 3 - Int64(rule.weekStart)).flooredDivision(by: 7).quotient
        case .daily: return local.day
        case .hourly: return local.seconds.flooredDivision(by: 3600).quotient
        }
    }

    private func all(in position: Int64) -> [LocalTime] {
        guard rule.frequency == .hourly else {
            return days.hits(in: span(position)).flatMap { day in
                times.map { LocalTime(day: day, second: $0) }
            }
        }
        let (day, hour) = position.flooredDivision(by: 24)
        guard days.hits(day), rule.hours.isEmpty || rule.hours.contains(Int(hour)) else {
            return []
        }
        return Self.times(rule, start.secondOfDay).map {
            LocalTime(day: day, second: hour * 3600 + $0)
        }
    }

    private func span(_ position: Int64) -> Range<Int64> {
        switch rule.frequency {
        case .yearly: return RecurrenceDays.year(position)
        case .monthly:
            let (year, month) = position.flooredDivision(by: 12)
            return RecurrenceDays.month(of: CivilDate(year: year, month: month + 1, day: 1))
        case .weekly:
            let first = position * 7 - 3 + Int64(rule.weekStart)
            return first..<first + 7
        case .daily: return position..<position + 1
        case .hourly:
            let day = position.flooredDivision(by: 24).quotient
            return day..<day + 1
        }
    }

    /// The seconds since the full hour.
    private static func times(_ rule: RecurrenceRule, _ second: Int64) -> [Int64] {
        let minutes = rule.minutes.isEmpty ? [Int(second / 60 % 60)] : rule.minutes
        let seconds = rule.seconds.isEmpty ? [Int(second % 60)] : rule.seconds
        return minutes.flatMap { minute in seconds.map { Int64(minute * 60 + $0) } }
    }
}
