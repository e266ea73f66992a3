import OpsCalendar
import OpsJSONRPC
import TestVectors
import Testing

@testable import OpsTicketing

/// 100,000 random clocks, held against counting the minutes of their calendars one by one.
@Suite struct ClockBruteForceTests {
    /// Every minute of forty days: whether somebody works in it, by what the clock on the wall shows.
    struct Minutes {
        static let days = 40
        /// The days that are looked at before and after, whose hours may reach in.
        private static let margin = 2 * 1440
        let first: Instant
        /// How many minutes were worked before each.
        private(set) var before: [Int32] = [0]
        /// The minutes that are worked, in order.
        private(set) var worked: [Int32] = []

        /// - Parameter hours: When a day's hours begin and end, in minutes on the wall.
        init(_ zone: TimeZone, _ first: Instant, hours: (_ day: Int) -> [Range<Int>]) {
            self.first = first
            let local = Self.wall(zone, first)
            let least = local.min() ?? 0
            var shown = [Int?](repeating: nil, count: (local.max() ?? 0) - least + 1)
            for (minute, shows) in local.enumerated() where shown[shows - least] == nil {
                shown[shows - least] = minute
            }
            /// What comes twice means the first; what is left out is counted on from before the gap.
            func place(_ wall: Int) -> Int {
                if let minute = shown[wall - least] { return minute }
                let last = local.lastIndex { $0 < wall } ?? 0
                return last + wall - local[last]
            }
            var isWorked = [Bool](repeating: false, count: local.count)
            let days = (least / 1440 + 1)..<((local.last ?? 0) / 1440)
            for day in days {
                for hours in hours(day) {
                    let from = place(day * 1440 + hours.lowerBound)
                    let to = place(day * 1440 + hours.upperBound)
                    for minute in from..<max(from, to) { isWorked[minute] = true }
                }
            }
            for minute in 0..<Self.days * 1440 {
                if isWorked[minute + Self.margin] { worked.append(Int32(minute)) }
                before.append(Int32(worked.count))
            }
        }

        /// What the clock on the wall shows in each minute; it is changed at a quarter of an hour.
        private static func wall(_ zone: TimeZone, _ first: Instant) -> [Int] {
            var (local, offset) = ([Int](), 0)
            for minute in -margin..<(days * 1440 + margin) {
                let at = first + .seconds(minute * 60)
                if minute % 15 == 0 { offset = zone.offset(at: at) / 60 }
                local.append(Int(at.milliseconds / 60_000) + offset)
            }
            return local
        }

        func work(_ from: Int, _ to: Int) -> Int { Int(before[to] - before[from]) }

        /// The minute at whose end so many are worked.
        func add(_ from: Int, _ work: Int) -> Int? {
            guard work > 0 else { return from }
            let index = Int(before[from]) + work - 1
            return index < worked.count ? Int(worked[index]) + 1 : nil
        }

        func instant(_ minute: Int) -> Instant { first + .seconds(minute * 60) }
    }

    /// What counting the minutes says of a clock.
    struct Count {
        var elapsed = 0
        var target: Int
        var counts = true
        var since: Int
        var warned: Int?
        var breached: Int?
        /// After how much there is a warning.
        private var part: Int { target / 4 * 3 }

        init(target: Int, since: Int) { (self.target, self.since) = (target, since) }

        /// When it will be due by itself.
        func due(_ minutes: Minutes) -> Int? {
            counts ? minutes.add(since, max(target - elapsed, 0)) : nil
        }

        /// When there will be a warning: none after the first, nor of what has happened.
        func warning(_ minutes: Minutes) -> Int? {
            guard counts, warned == nil, breached == nil else { return nil }
            return minutes.add(since, max(part - elapsed, 0))
        }

        /// Goes on to a minute at which something happens.
        mutating func pass(to minute: Int, _ minutes: Minutes) {
            defer { since = minute }
            guard counts else { return }
            if let warning = warning(minutes), warning <= minute { warned = warning }
            if breached == nil, let due = due(minutes), due < minute { breached = due }
            elapsed += minutes.work(since, minute)
        }
    }

    /// A calendar of one of several zones with random hours, also where clocks are changed, and its
    /// minutes.
    private func calendar(
        _ random: inout SeededGenerator
    ) throws -> (WorkHours, Minutes) {
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]
        let zone = try TimeZone(named: zones.randomElement(using: &random) ?? "UTC")
        // Over a change of the clocks in Berlin and New York, or over none.
        let starts = ["2026-03-01", "2026-10-15", "2026-06-10"]
        let start = starts.randomElement(using: &random) ?? starts[0]
        let first = try #require(Instant("\(start)T00:00:00.000Z"))
        func hours() throws -> [BusinessHours] {
            if Int.random(in: 0..<5, using: &random) == 0 { return [] }
            let ends = Set((0..<4).map { _ in Int.random(in: 0...96, using: &random) * 15 })
                .sorted()
            return try stride(from: 0, to: ends.count - 1, by: 2).map {
                try BusinessHours(text(ends[$0]), text(ends[$0 + 1]))
            }
        }
        var week = try (0..<7).map { _ in try hours() }
        if week.allSatisfy(\.isEmpty) { week[0] = [try BusinessHours("09:00", "17:00")] }
        let firstDay = Int(first.milliseconds / 86_400_000)
        var days: [Int: [BusinessHours]] = [:]
        for _ in 0..<4 { days[firstDay + Int.random(in: 0..<40, using: &random)] = try hours() }
        let named = Dictionary(
            uniqueKeysWithValues: days.map { day, hours in
                (
                    String(Instant(milliseconds: Int64(day) * 86_400_000).description.prefix(10)),
                    hours
                )
            })
        let minutes = Minutes(zone, first) { day in
            // 1970-01-01 was a Thursday.
            (days[day] ?? week[(day + 3) % 7]).map {
                Int($0.start) / 60..<Int($0.end) / 60
            }
        }
        return (.business(try BusinessCalendar(zone: zone, week: week, days: named)), minutes)
    }

    private func text(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    private func terms(_ minutes: Int) -> ClockTerms {
        ClockTerms(
            sla: 1, slaName: "random", targetMs: minutes * 60_000, calendar: 1,
            calendarGeneration: 1, warnPct: 75, pauseOn: [])
    }

    @Test(arguments: 0..<200)
    func `A clock is what counting every minute says`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (hours, minutes) = try calendar(&random)
        for number in 0..<500 {
            let begin = Int.random(in: 0..<45_000, using: &random)
            // So that three quarters of it are minutes as well.
            let target = Int.random(in: 1..<225, using: &random) * 4
            var count = Count(target: target, since: begin)
            var clock = Clock.started(
                .resolution, onTicket: 1, "INC-1", id: number, terms: terms(target),
                at: minutes.instant(begin), by: hours, reason: "opened")
            var now = begin
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                now += Int.random(in: 0..<1500, using: &random)
                let isOther = Int.random(in: 0..<4, using: &random) == 0
                let other = Int.random(in: 1..<225, using: &random) * 4
                // A target that is the same changes nothing, so that nothing happens then.
                if isOther, other == count.target { continue }
                count.pass(to: now, minutes)
                if isOther {
                    count.target = other
                    _ = clock.hold(
                        to: terms(other), counts: count.counts, "target",
                        at: minutes.instant(now), by: hours, then: hours)
                } else {
                    count.counts.toggle()
                    _ = clock.turn(
                        counts: count.counts, "turn", at: minutes.instant(now), by: hours)
                }
            }
            let expected = count.breached ?? count.due(minutes)
            let isDue =
                clock.state == .paused || expected == nil
                || clock.dueAt == expected.map(minutes.instant)
            // What lies behind the forty days was not counted.
            let warning = count.warning(minutes)
            let mayBeLater = count.counts && count.warned == nil && count.breached == nil
            let isWarned =
                clock.warnAt == warning.map(minutes.instant) || warning == nil && mayBeLater
            now += Int.random(in: 0..<3000, using: &random)
            count.pass(to: now, minutes)
            _ = clock.stop(at: minutes.instant(now), by: hours)
            let elapsed = clock.elapsedMs(at: minutes.instant(now), by: hours)
            // One expectation a case would cost more than the case.
            let isSame =
                isDue && isWarned && clock.warnedAt == count.warned.map(minutes.instant)
                && clock.breachedAt == count.breached.map(minutes.instant)
                && (clock.state == .met) == (count.breached == nil)
                && elapsed == count.elapsed * 60_000
            if !isSame { Issue.record("case \(number) of \(seed): \(clock), not \(count)") }
        }
    }
}
