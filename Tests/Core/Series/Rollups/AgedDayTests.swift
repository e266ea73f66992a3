import OpsJSONRPC
import Testing

@testable import OpsCore

/// A day that gets old: its samples go, then its minutes, and late samples come all the time.
@Suite struct AgedDayTests {
    static let settings: SeriesSettings = {
        var settings = SeriesSettings()
        settings.retention = RetentionRuleTests.day * 2
        settings.minuteRetention = RetentionRuleTests.day * 4
        settings.hourRetention = RetentionRuleTests.day * 40
        return settings
    }()

    @Test func `one late minute hides no hour of a day whose minutes are gone`() async throws {
        try await SeriesFixture.run(Self.settings) { fixture in
            let start = RollupTests.yesterday(fixture)
            try fixture.append(RollupTests.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            await fixture.time.advance(by: RetentionRuleTests.day * 10)
            _ = try await fixture.series.prune()
            func counts() async throws -> [Double] {
                try await fixture.query(
                    "m", from: start, to: start + Day.length - 1, step: .seconds(60), .count
                ).flatMap(\.points).map(\.value)
            }
            func counted() async throws -> Int {
                try await fixture.series.countSamples(
                    matching: try SeriesSelector.parse("m").matchers,
                    from: Instant(milliseconds: .min), to: Instant(milliseconds: .max)
                ).samples
            }
            let hours = [Double](repeating: 240, count: 24)
            #expect(try await counts() == hours)
            try fixture.append([Sample(at: start + 61_001, value: 1000)])
            // In memory, in the rollups, and once it is deleted as well.
            #expect(try await counts() == hours)
            try await fixture.series.checkpoint()
            #expect(try await counts() == hours)
            #expect(try await counted() == 24 * 240 + 1)
            _ = try await fixture.series.prune()
            #expect(try await counts() == hours)
            #expect(try await counted() == 24 * 240)
        }
    }

    @Test(arguments: 1...6)
    func `whatever comes late, a query tells what is known most of`(seed: UInt64) async throws {
        var settings = Self.settings
        if seed % 2 == 0 {
            // The same by a rule, so that samples are taken out of blocks that others share.
            settings = SeriesSettings()
            settings.retentionRules = [
                try RetentionRuleTests.rule("m", samples: 2, minutes: 4, hours: 40)
            ]
        }
        try await SeriesFixture.run(settings) { fixture in
            var world = AgedDayWorld(fixture, seed: seed)
            for _ in 0..<35 { try await world.step() }
            #expect(fixture.series.statistics.damaged == 0)
        }
    }
}

/// A series with samples in one day, and what has to be known of it.
private struct AgedDayWorld {
    private let fixture: SeriesFixture
    private var random: SeriesRandom
    private var model = AgedDay()
    private let day: Int64

    init(_ fixture: SeriesFixture, seed: UInt64) {
        self.fixture = fixture
        self.random = SeriesRandom(seed: seed)
        self.day = Day.number(of: fixture.time.now().milliseconds) - 1
    }

    private var start: Int64 { Day.range(self.day).lowerBound }

    /// Lets something happen and compares.
    mutating func step() async throws {
        switch Int.random(in: 0..<7, using: &self.random) {
        case 0...2: try self.append()
        case 3: try await self.fixture.series.checkpoint()
        case 4:
            try await self.fixture.series.flush()
            try await self.fixture.crash()
        case 5: try await self.prune()
        default: await self.fixture.time.advance(by: .seconds(12 * 3600))
        }
        for _ in 0..<4 { try await self.compare() }
        try await self.compareHours()
    }

    private mutating func append() throws {
        let first = Int64.random(in: 0..<Day.length, using: &self.random)
        let steps: [Int64] = [1000, 15_000, 60_000, 7_777]
        let step = steps.randomElement(using: &self.random) ?? 1
        let count = Int64.random(in: 1...400, using: &self.random)
        var samples: [Sample] = []
        for number in 0..<count where first + number * step < Day.length {
            samples.append(Sample(at: self.start + first + number * step, value: 1))
        }
        for sample in samples { self.model.samples.insert(sample.at) }
        try self.fixture.append(samples)
        // Another series of the same blocks, that nothing is asked of.
        try self.fixture.append(samples, to: "other")
    }

    private mutating func prune() async throws {
        try await self.fixture.series.checkpoint()
        _ = try await self.fixture.series.prune()
        let now = self.fixture.time.now()
        if self.day < Series.firstDay(now, RetentionRuleTests.day * 2) { self.model.prune() }
        if self.day < Series.firstDay(now, RetentionRuleTests.day * 4) { self.model.minutes = [:] }
    }

    private mutating func compare() async throws {
        let step: Int64 = [60, 90, 300, 3600, 7200].randomElement(using: &self.random) ?? 60
        var from = self.start + Int64.random(in: -3_600_000..<Day.length, using: &self.random)
        if Bool.random(using: &self.random) { from -= from % (step * 1000) }
        let to = from + Int64.random(in: 0..<Day.length, using: &self.random)
        let found = try await self.counts(from, to, step: step)
        let wanted = self.model.counts(from, to, step: step * 1000)
        #expect(found == wanted)
    }

    /// However long the steps are, an hour has the same samples.
    private mutating func compareHours() async throws {
        let end = self.start + Day.length - 1
        let hours = try await self.counts(self.start, end, step: 3600)
        for step: Int64 in [60, 300] {
            var sums: [Int64: Double] = [:]
            for (at, count) in try await self.counts(self.start, end, step: step) {
                sums[RollupTier.hour.start(of: at), default: 0] += count
            }
            #expect(sums == hours)
        }
    }

    private func counts(_ from: Int64, _ to: Int64, step: Int64) async throws -> [Int64: Double] {
        let aggregation = self.model.samples.count % 2 == 0 ? Aggregation.count : .sum
        let found = try await self.fixture.query(
            "m", from: from, to: to, step: .seconds(step), aggregation)
        return Dictionary(
            uniqueKeysWithValues: found.flatMap(\.points).map { ($0.at, $0.value) })
    }
}

/// What is to be known of a day, by counts alone: samples as long as they are there, then of each
/// minute and each hour the most that was ever known together.
private struct AgedDay {
    var samples: Set<Int64> = []
    var minutes: [Int64: Int] = [:]
    private var hours: [Int64: Int] = [:]
    private var isPruned = false

    mutating func prune() {
        // Of a day that nothing was known of nothing is deleted either.
        guard !self.knownHours.isEmpty else { return }
        (self.minutes, self.hours) = (self.knownMinutes, self.knownHours)
        self.isPruned = true
        self.samples = []
    }

    func counts(_ from: Int64, _ to: Int64, step: Int64) -> [Int64: Double] {
        var counts: [Int64: Double] = [:]
        func add(_ count: Int, at: Int64) {
            guard (from...to).contains(at) else { return }
            let bucket: Int64 = (at - from) / step
            counts[from + bucket * step, default: 0] += Double(count)
        }
        guard self.isPruned else {
            for at in self.samples { add(1, at: at) }
            return counts
        }
        let isWhole = step % RollupTier.hour.length == 0 && from % RollupTier.hour.length == 0
        let minutes = Dictionary(grouping: self.knownMinutes) { RollupTier.hour.start(of: $0.key) }
        for (hour, count) in self.knownHours {
            let own = minutes[hour] ?? []
            let known = own.reduce(0) { $0 + $1.value }
            if (from...to).contains(hour), known < count || isWhole {
                add(count, at: hour)
            } else {
                for (minute, count) in own { add(count, at: minute) }
            }
        }
        return counts
    }

    private var knownMinutes: [Int64: Int] {
        let counts = Dictionary(grouping: self.samples) { RollupTier.minute.start(of: $0) }
        return self.minutes.merging(counts.mapValues(\.count), uniquingKeysWith: max)
    }

    private var knownHours: [Int64: Int] {
        var sums: [Int64: Int] = [:]
        for (at, count) in self.knownMinutes {
            sums[at / 3_600_000 * 3_600_000, default: 0] += count
        }
        return self.hours.merging(sums, uniquingKeysWith: max)
    }
}
