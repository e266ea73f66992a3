public import OpsJSONRPC

/// A ``RecurrenceRule`` in a time zone, with further dates and with dates that are left out.
///
/// Occurrences are found in local time and become instants by the zone, so that "every night at
/// two" stays at two when the clocks change; see ``TimeZone`` for local times that are left out or
/// come twice. Two occurrences that would be at the same instant are one.
public struct Recurrence: Sendable {
    /// What comes again.
    public let rule: RecurrenceRule
    /// Where the clocks hang.
    public let zone: TimeZone
    /// What is left out.
    public let exceptions: Set<Instant>
    /// What comes in addition.
    public let additions: [Instant]
    private let periods: RecurrencePeriods

    /// How far to look for a next occurrence: every four-hundredth year the calendar is the same,
    /// and what does not happen in a hundred years nobody waits for.
    private static let horizon: Int64 = 100 * 366 * LocalTime.day

    /// Puts a recurrence together; the rule begins with `start`, and `COUNT` counts from there.
    public init(
        _ rule: RecurrenceRule, start: Instant, zone: TimeZone, exceptions: [Instant] = [],
        additions: [Instant] = []
    ) {
        self.rule = rule
        self.zone = zone
        self.exceptions = Set(exceptions)
        self.additions = Set(additions).sorted()
        periods = RecurrencePeriods(rule, start: zone.local(at: start))
    }

    /// The next occurrences that are not before an instant, at most `limit`, in order.
    public func occurrences(from: Instant, limit: Int) -> [Instant] {
        let extra = additions.drop { $0 < from }.prefix(limit + exceptions.count)
        var found = Set(extra)
        visit(from: from) { instant in
            if instant >= from { found.insert(instant) }
            return found.count < limit + extra.count + exceptions.count
        }
        return Array(found.subtracting(exceptions).sorted().prefix(limit))
    }

    /// The last occurrence after the first instant and not after the second, if there is one.
    public func last(after: Instant, until: Instant) -> Instant? {
        let added = additions.last { $0 > after && $0 <= until && !exceptions.contains($0) }
        // Something that comes often is found in the last days, whatever the span; what is not
        // found there comes seldom, and there is little of it to go through.
        var reach = Duration.seconds(2 * LocalTime.day)
        var found: Instant?
        repeat {
            let from = rule.count == nil ? max(after, until - reach) : after
            found = lastByRule(after: from, until: until)
            guard found == nil, from > after else { break }
            reach *= 8
        } while true
        return [added, found].compactMap { $0 }.max()
    }

    private func lastByRule(after: Instant, until: Instant) -> Instant? {
        var last: Instant?
        visit(from: after) { instant in
            guard instant <= until else { return false }
            if instant > after, !exceptions.contains(instant) {
                last = max(last ?? instant, instant)
            }
            return true
        }
        return last
    }

    // MARK: - By the rule alone

    /// Hands out what the rule hits, in order, beginning not after `from`, until told to stop.
    private func visit(from: Instant, _ body: (Instant) -> Bool) {
        // A counted rule has to be counted from its start. Two days ahead no change of the clocks
        // can bring anything back.
        let early = zone.local(at: from - .seconds(2 * LocalTime.day))
        var number = rule.count == nil ? max(0, periods.number(of: early)) : 0
        var left = rule.count ?? .max
        let end = LocalTime(seconds: max(early.seconds, periods.start.seconds) + Self.horizon)
        while periods.beginning(of: number) <= end {
            for local in periods.times(in: number) {
                let instant = zone.instant(of: local)
                guard left > 0, isInTime(local, instant), body(instant) else { return }
                left -= 1
            }
            number = periods.next(after: number)
        }
    }

    private func isInTime(_ local: LocalTime, _ instant: Instant) -> Bool {
        switch rule.until {
        case nil: true
        case .local(let end): local <= end
        case .utc(let end): instant.milliseconds <= end.seconds * 1000
        }
    }
}
