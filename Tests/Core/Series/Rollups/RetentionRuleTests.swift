import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct RetentionRuleTests {
    static let day = Duration.seconds(86_400)

    /// Samples for 30 days, a minute of which each noon, ending yesterday.
    static func fill(_ fixture: SeriesFixture, _ name: String, _ labels: Labels = [:]) throws {
        let yesterday = RollupTests.yesterday(fixture)
        for age in (0..<30).reversed() {
            let noon = yesterday - Int64(age) * Day.length + Day.length / 2
            try fixture.append(ChunkTests.samples([1, 2, 3, 4], from: noon), to: name, labels)
        }
    }

    static func rule(
        _ selector: String, samples: Int? = nil, minutes: Int? = nil, hours: Int? = nil
    ) throws -> RetentionRule {
        try RetentionRule(
            try SeriesSelector.parse(selector), samples: samples.map { self.day * $0 },
            minutes: minutes.map { self.day * $0 }, hours: hours.map { self.day * $0 })
    }

    static func settings(_ rules: [RetentionRule]) -> SeriesSettings {
        var settings = SeriesSettings()
        settings.retention = self.day * 20
        settings.minuteRetention = self.day * 24
        settings.hourRetention = self.day * 28
        settings.retentionRules = rules
        return settings
    }

    /// How many days a series has as samples, by the minute and by the hour.
    static func days(_ fixture: SeriesFixture, _ selector: String) async throws -> [Int] {
        let to = fixture.time.now().milliseconds
        let from = Day.range(Day.number(of: to) - 40).lowerBound
        let samples = try await fixture.query(selector, from: from, to: to)
        let minutes = try await fixture.query(selector, from: from, to: to, step: .seconds(60))
        let hours = try await fixture.query(selector, from: from, to: to, step: .seconds(3600))
        return [samples, minutes, hours].map { results in
            Set(results.flatMap(\.points).map { Day.number(of: $0.at) }).count
        }
    }

    @Test func `the first rule that matches counts, and what it leaves out is as for all`() throws {
        let policy = RetentionPolicy(
            Self.settings([
                try Self.rule(#"{env="test"}"#, samples: 2),
                try Self.rule(#"load{env=~"t.*"}"#, hours: 100),
                try Self.rule("load", samples: 90),
            ]))
        func days(_ name: String, _ labels: Labels) -> [Int64] {
            let kept = policy.retention(of: SeriesKey(name: name, labels: labels))
            return [kept.samples, kept.minutes, kept.hours].map { $0.components.seconds / 86_400 }
        }
        #expect(days("load", ["env": "test"]) == [2, 24, 28])
        #expect(days("load", ["env": "two"]) == [20, 24, 100])
        // What is condensed is kept at least as long as the samples.
        #expect(days("load", [:]) == [90, 90, 90])
        #expect(days("other", [:]) == [20, 24, 28])
        #expect(policy.bounds(\.samples) == (Self.day * 2, Self.day * 90))
    }

    @Test func `samples, minutes and hours go when their time is over, and answers join them`()
        async throws
    {
        try await SeriesFixture.run(Self.settings([])) { fixture in
            try Self.fill(fixture, "m")
            try await fixture.series.checkpoint()
            let result = try await fixture.series.prune()
            #expect(result.blocks == 10 && result.samples == 40 && result.series == 0)
            #expect(fixture.series.statistics.samplesPruned == 40)
            #expect(fixture.series.statistics.lastPruneAt == fixture.time.now())
            // Hours answer for minutes where these are gone.
            #expect(try await Self.days(fixture, "m") == [20, 28, 28])
            #expect(try await fixture.series.prune() == PruneResult())
            try await fixture.crash()
            #expect(try await Self.days(fixture, "m") == [20, 28, 28])
            let sums = try await fixture.query(
                "m", from: RollupTests.yesterday(fixture) - 39 * Day.length,
                to: fixture.time.now().milliseconds, step: .seconds(7200), .sum)
            #expect(sums[0].points.map(\.value) == Array(repeating: 10, count: 28))
        }
    }

    @Test func `a rule takes samples out of blocks that others share`() async throws {
        let rules = [
            try Self.rule(#"{env="test"}"#, samples: 3, minutes: 5, hours: 7),
            try Self.rule("long", samples: 29),
        ]
        try await SeriesFixture.run(Self.settings(rules)) { fixture in
            for (name, labels) in [
                ("m", [:]), ("m", ["env": "test"]), ("long", [:]),
            ] as [(String, Labels)] { try Self.fill(fixture, name, labels) }
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            for _ in 0..<2 {
                #expect(try await Self.days(fixture, #"m{env="test"}"#) == [3, 7, 7])
                #expect(try await Self.days(fixture, #"m{env!="test"}"#) == [20, 28, 28])
                #expect(try await Self.days(fixture, "long") == [29, 29, 29])
                #expect(try await fixture.series.prune() == PruneResult())
                try await fixture.crash()
            }
        }
    }

    @Test func `samples that come after theirs were deleted count, and are deleted again`()
        async throws
    {
        let rules = [try Self.rule("short", samples: 3)]
        try await SeriesFixture.run(Self.settings(rules)) { fixture in
            for name in ["m", "short"] { try Self.fill(fixture, name) }
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            let day = RollupTests.yesterday(fixture) - 9 * Day.length
            try fixture.append([Sample(at: day, value: 100)], to: "short")
            func sum() async throws -> [Double] {
                try await fixture.query(
                    "short", from: day, to: day + Day.length - 1, step: .seconds(3600), .sum
                ).flatMap(\.points).map(\.value)
            }
            #expect(try await sum() == [100, 10])
            try await fixture.series.checkpoint()
            #expect(try await sum() == [100, 10])
            // As a checkpoint leaves it that was ended before it came to rolling up.
            #expect(try await fixture.series.prune().samples == 1)
            #expect(try await sum() == [100, 10])
            #expect(try await fixture.samples("short", to: day + Day.length).isEmpty)
        }
    }

    @Test func `a deletion reaches what only rollups know`() async throws {
        try await SeriesFixture.run(Self.settings([])) { fixture in
            for name in ["a", "b"] { try Self.fill(fixture, name) }
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            let deleted = try await SeriesDeletionTests.delete(fixture, "a")
            #expect(deleted == DeletedSamples(series: 1, samples: 28 * 4))
            #expect(try await fixture.series.series().map(\.name) == ["b"])
            #expect(try await Self.days(fixture, "b") == [20, 28, 28])
            try await fixture.crash()
            #expect(try await Self.days(fixture, "a") == [0, 0, 0])
        }
    }

    @Test func `a series is gone when its last rollup is`() async throws {
        try await SeriesFixture.run(Self.settings([])) { fixture in
            try Self.fill(fixture, "m")
            try await fixture.series.checkpoint()
            await fixture.time.advance(by: Self.day * 27)
            #expect(try await fixture.series.prune().series == 0)
            #expect(try await fixture.series.series().map(\.name) == ["m"])
            try await fixture.crash()
            #expect(try await fixture.series.prune().series == 0)
            await fixture.time.advance(by: Self.day * 3)
            #expect(try await fixture.series.prune().series == 1)
            #expect(try await fixture.series.series().isEmpty)
            #expect(try await fixture.blob("SELECT data FROM series_group").isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `pruning may fail at any statement, and nothing is deleted that was not rolled up`(
        crashes: Bool
    ) async throws {
        let countdown = Countdown()
        let fault: StatementFault = { _ in if countdown.strikes() { throw Refusal() } }
        let rules = [try Self.rule("short", samples: 3)]
        try await SeriesFixture.run(Self.settings(rules), fault: fault) { fixture in
            for name in ["m", "short"] { try Self.fill(fixture, name) }
            try await fixture.series.checkpoint()
            for statement in 1...300 {
                countdown.start(statement)
                let isDone = (try? await fixture.series.prune()) != nil
                countdown.start(0)
                if crashes { try await fixture.crash() }
                // As after a late sample or a deletion: what is left may not replace the rollups.
                try await fixture.execute("UPDATE series_day SET due = 1")
                try await fixture.series.rollUp()
                for name in ["m", "short"] {
                    let hours = try await fixture.query(
                        name, from: RollupTests.yesterday(fixture) - 27 * Day.length + 86_400_000,
                        to: fixture.time.now().milliseconds, step: .seconds(3600), .count)
                    #expect(hours[0].points.map(\.value) == Array(repeating: 4, count: 27))
                }
                if isDone { return }
            }
            Issue.record("It never came to its end")
        }
    }

    @Test func `what has no name any more keeps its rollups until it is mended`() async throws {
        let rules = [try Self.rule("other", hours: 40)]
        try await SeriesFixture.run(Self.settings(rules)) { fixture in
            try Self.fill(fixture, "m")
            try await fixture.series.checkpoint()
            let names = try await fixture.blob("SELECT data FROM series_group")
            try await fixture.execute("UPDATE series_group SET data = ?", [1, 2, 3])
            try await fixture.crash()
            _ = try await fixture.series.prune()
            try await fixture.execute("UPDATE series_group SET data = ?", names)
            try await fixture.crash()
            #expect(try await Self.days(fixture, "m") == [20, 30, 30])
        }
    }

    @Test func `a prune looks only at days whose time is over since the last one`() async throws {
        let rules = [try Self.rule("other", hours: 40), try Self.rule("short", hours: 21)]
        try await SeriesFixture.run(Self.settings(rules)) { fixture in
            for name in ["m", "short"] { try Self.fill(fixture, name) }
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            // What is looked at would be found damaged.
            let last = Day.number(of: fixture.time.now().milliseconds) - 28
            try await fixture.execute(
                "UPDATE series_rollup SET data = ? WHERE day = \(last - 1)", [1])
            #expect(try await fixture.series.prune() == PruneResult())
            #expect(fixture.series.statistics.damaged == 0)
            await fixture.time.advance(by: Self.day)
            #expect(try await fixture.series.prune().rollups > 0)
            // Hours are kept as long as minutes at least.
            #expect(try await Self.days(fixture, "short") == [19, 23, 23])
            #expect(fixture.series.statistics.damaged == 0)
        }
    }

    @Test func `a series of rollups only costs no search for samples at each prune`() async throws {
        try await SeriesFixture.run(Self.settings([])) { fixture in
            try Self.fill(fixture, "old")
            try await fixture.series.checkpoint()
            _ = try await fixture.series.prune()
            await fixture.time.advance(by: Self.day * 20)
            try Self.fill(fixture, "young")
            try await fixture.series.checkpoint()
            try await fixture.crash()
            _ = try await fixture.series.prune()
            try await fixture.execute("UPDATE series_block SET data = ?", [1])
            #expect(try await fixture.series.prune() == PruneResult())
            #expect(fixture.series.statistics.damaged == 0)
            #expect(try await fixture.series.series().map(\.name) == ["old", "young"])
        }
    }

    @Test func `what takes long ends when the store stops, and goes on after the next start`()
        async throws
    {
        try await SeriesFixture.run(Self.settings([])) { fixture in
            try Self.fill(fixture, "m")
            try await fixture.series.checkpoint()
            try await fixture.execute("UPDATE series_day SET due = 1")
            let done = fixture.series.statistics.daysRolledUp
            await fixture.series.stop()
            await #expect(throws: CancellationError.self) { try await fixture.series.rollUp() }
            await #expect(throws: CancellationError.self) { try await fixture.series.merge() }
            await #expect(throws: CancellationError.self) { try await fixture.series.prune() }
            #expect(fixture.series.statistics.daysRolledUp == done)
            #expect(fixture.log.all.isEmpty)
            try await fixture.crash()
            #expect(try await fixture.series.prune().blocks == 10)
            #expect(fixture.series.statistics.daysRolledUp == done)
        }
    }
}
