import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct SLORulesTests {
    static let minute = Duration.seconds(60)
    private static let start = Instant(milliseconds: 1_767_225_600_000)

    static func slo(_ objective: Double = 99.9, days: Int = 30) -> SLODefinition {
        SLODefinition(
            name: "slo", comment: "", objective: objective, periodDays: days,
            indicator: .ratio(part: "good", isGood: true, total: "total"), labels: [:])
    }

    /// A number that looks like chance and is the same in every run.
    static func noise(_ number: Int, below bound: Int) -> Int {
        Int((UInt64(number) &* 0x9E37_79B9_7F4A_7C15 >> 33) % UInt64(bound))
    }

    /// What any window holds, added up from all minutes that there ever were.
    private static func bruteForce(
        _ minutes: [SLOCounts], over window: Duration, endingWith last: Int
    ) -> SLOCounts {
        let resolution: Int64 =
            window <= .seconds(6 * 3600) ? 60 : window <= .seconds(3 * 86_400) ? 300 : 3600
        let end = Self.start.milliseconds / 1000 + Int64(last) * 60
        let from = end + 60 - window.components.seconds
        let first = (Double(from) / Double(resolution)).rounded(.down) * Double(resolution)
        var sum = SLOCounts.none
        for index in 0...last {
            let at = Self.start.milliseconds / 1000 + Int64(index) * 60
            if Double(at) >= first { sum += minutes[index] }
        }
        return sum
    }

    @Test func `Every window is what adding up all minutes comes to`() {
        let slo = Self.slo(99, days: 7)
        var ledger = SLOLedger(period: slo.period)
        var minutes: [SLOCounts] = []
        for index in 0..<(9 * 1440) {
            var counts = SLOCounts.none
            // Now and then nothing is counted for hours, as when the daemon is down.
            let isDown = (index / 500) % 7 == 3
            if !isDown {
                counts.total = Double(Self.noise(index, below: 1000))
                counts.good = Double(Self.noise(index + 77_777, below: Int(counts.total) + 1))
                ledger.add(counts, at: Self.start + Self.minute * index)
            }
            minutes.append(counts)
            guard index % 97 == 0 || index > 9 * 1440 - 5, !isDown else { continue }
            let windows = SLORules.burns.flatMap { [$0.long, $0.short] } + [slo.period]
            for window in windows {
                let instant = Self.start + Self.minute * index
                #expect(
                    ledger.counts(over: window, endingWith: instant)
                        == Self.bruteForce(minutes, over: window, endingWith: index),
                    "\(window) at \(index)")
            }
        }
    }

    @Test func `Long pauses and late minutes leave nothing wrong behind`() {
        var ledger = SLOLedger(period: .seconds(86_400))
        let one = SLOCounts(good: 1, total: 2)
        ledger.add(one, at: Self.start)
        let later = Self.start + .seconds(200 * 86_400)
        ledger.add(one, at: later)
        #expect(ledger.counts(over: .seconds(86_400), endingWith: later) == one)
        ledger.add(one, at: later - .seconds(120))
        #expect(
            ledger.counts(over: .seconds(300), endingWith: later) == SLOCounts(good: 2, total: 4))
        ledger.add(one, at: Self.start)
        #expect(
            ledger.counts(over: .seconds(86_400), endingWith: later) == SLOCounts(good: 2, total: 4)
        )
    }

    @Test func `The factors are those of the workbook`() {
        let factors = SLORules.burns.map { $0.factor(over: .seconds(30 * 86_400)) }
        for (factor, wanted) in zip(factors, [14.4, 6, 3, 1]) {
            #expect(abs(factor - wanted) < 1e-9)
        }
        #expect(SLORules.burns.map(\.severity) == [.page, .page, .ticket, .ticket])
    }

    /// Counts minutes that are bad for some share and answers the alerts that fire at their end.
    private static func firing(_ stretches: [(minutes: Int, bad: Double)]) -> [String] {
        let slo = Self.slo()
        var ledger = SLOLedger(period: slo.period)
        var minute = Self.start
        for stretch in stretches {
            for _ in 0..<stretch.minutes {
                ledger.add(SLOCounts(good: 1000 * (1 - stretch.bad), total: 1000), at: minute)
                minute += Self.minute
            }
        }
        let last = minute - Self.minute
        let moment = Moment(now: last, uptime: .zero)
        return SLORules.burns.filter { burn in
            let index = SLORules.burns.firstIndex { $0.name == burn.name } ?? 0
            let figures = SLOFigures(ledger, slo, endingWith: last)
            let rule = SLORules.rule(burn, of: slo)
            let figure = figures.burns[index].slower
            return AlertRules.step(AlertStatus(), figure, at: moment, by: rule).state == .firing
        }.map(\.name)
    }

    @Test func `Each alert fires beyond its factor in both windows`() {
        let quiet = (minutes: 4 * 1440, bad: 0.0)
        #expect(Self.firing([quiet]).isEmpty)
        #expect(Self.firing([quiet, (60, 0.0145)]) == ["1h"])
        #expect(Self.firing([quiet, (60, 0.0143)]).isEmpty)
        #expect(Self.firing([quiet, (360, 0.0061)]) == ["6h"])
        #expect(Self.firing([quiet, (4320, 0.0011)]) == ["3d"])
        // All of it bad for five minutes is 8 % of the hour: the page comes at once.
        #expect(Self.firing([quiet, (5, 1)]).contains("1h"))
        // What is over does not fire: the short window is clean.
        #expect(!Self.firing([quiet, (60, 0.5), (6, 0)]).contains("1h"))
    }

    @Test func `Counters add up over minutes and resets`() {
        let points = [(0, 10.0), (30, 40), (61, 50), (90, 5), (119, 8), (180, 9)].map {
            SeriesPoint(at: Int64($0.0) * 1000, value: $0.1)
        }
        let results = [SeriesResult(SeriesKey(name: "x"), points: points)]
        let growths = (0..<3).map { minute in
            SLOCounting.growth(
                results, after: Int64(minute) * 60_000, upTo: Int64(minute + 1) * 60_000)
        }
        // 30 until the first minute's end, 10 + 5 + 3 in the second, 1 in the third.
        #expect(growths == [30, 18, 1])
        #expect(SLOCounting.growth(results, after: 0, upTo: 180_000) == 49)
    }

    @Test func `Good is never more than all`() {
        #expect(SLOCounting.counts(part: 3, isGood: false, total: 10).good == 7)
        #expect(SLOCounting.counts(part: 12, isGood: true, total: 10).good == 10)
        #expect(SLOCounting.counts(part: 12, isGood: false, total: 10).good == 0)
        #expect(SLOCounts.none.badShare == nil)
    }

    @Test func `Samples are counted by their side, without NaN`() {
        let values: [Double] = [0.1, 0.2, .nan, 0.4, .infinity]
        let points = values.enumerated().map { SeriesPoint(at: Int64($0) * 1000, value: $1) }
        let results = [SeriesResult(SeriesKey(name: "x"), points: points)]
        let counts = SLOCounting.samples(results, after: -1, upTo: 4000, .below, 0.3)
        #expect(counts == SLOCounts(good: 2, total: 4))
        #expect(SLOCounting.samples(results, after: 0, upTo: 1000, .below, 0.3).total == 1)
    }

    @Test func `A budget is shown as a share and as time`() {
        var watched = WatchedSLO(
            StoredSLO(
                id: 1, definition: Self.slo(), countedSince: Self.start, revision: 1,
                firingSince: [nil, nil, nil, nil], createdAt: Self.start, updatedAt: Self.start,
                generation: 1))
        #expect(SLOStatus(watched).state == .unknown)
        for index in 0..<1440 {
            // A quarter of what a day's budget allows is bad.
            watched.add(
                SLOCounts(good: 1000 - 0.25, total: 1000), at: Self.start + Self.minute * index)
        }
        let status = SLOStatus(watched)
        #expect(abs((status.budgetLeftPercent ?? 0) - 75) < 1e-6)
        #expect(abs(status.budgetMinutes - 43.2) < 1e-6)
        #expect(abs((status.budgetLeftMinutes ?? 0) - 32.4) < 1e-6)
        #expect(abs((status.compliance ?? 0) - 99.975) < 1e-9)
        #expect(abs((status.alerts[2].longBurnRate ?? 0) - 0.25) < 1e-9)
        #expect(status.state == .ok)
    }
}
