import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct RollupTests {
    static let condensable: [Aggregation] = [.avg, .min, .max, .sum, .count]

    /// Yesterday's first instant, as the fixture's clock sees it.
    static func yesterday(_ fixture: SeriesFixture) -> Int64 {
        Day.range(Day.number(of: fixture.time.now().milliseconds) - 1).lowerBound
    }

    /// A sample every 15 seconds for `hours`.
    static func samples(from start: Int64, hours: Int) -> [Sample] {
        (0..<(240 * hours)).map {
            Sample(at: start + Int64($0) * 15_000, value: Double($0 % 97) / 4 - 3)
        }
    }

    /// Takes the samples of a day away behind the store's back, so that only rollups can answer.
    static func loseSamples(_ fixture: SeriesFixture) async throws {
        try await fixture.execute("DELETE FROM series_block")
    }

    @Test func `a day that is over is rolled up by the checkpoint, today is not`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 30))
            try await fixture.series.checkpoint()
            #expect(fixture.series.statistics.daysRolledUp == 1)
            #expect(try await fixture.series.storage().rollups == 2)
            let before = try await fixture.query(
                "m", from: start, to: start + Day.length - 1, step: .seconds(300))
            try await Self.loseSamples(fixture)
            let after = try await fixture.query(
                "m", from: start, to: start + 2 * Day.length, step: .seconds(300))
            #expect(after == before && after[0].points.count == 288)
        }
    }

    @Test(arguments: 1...6)
    func `rollups answer what the samples say, whatever happened to them`(seed: UInt64) async throws
    {
        try await SeriesFixture.run { fixture in
            var world = RollupWorld(fixture, seed: seed)
            for _ in 0..<25 { try await world.step() }
            await fixture.time.advance(by: .seconds(4 * 86_400))
            try await fixture.series.checkpoint()
            try await fixture.series.rollUp()
            #expect(try await fixture.series.storage().rollups > 0)
            for _ in 0..<20 { try await world.compare() }
            #expect(fixture.series.statistics.damaged == 0)
        }
    }

    @Test func `a late sample is in the answer at once, and the day is rolled up anew`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            try fixture.append([Sample(at: start + 61_001, value: 1000)])
            func most() async throws -> [Double] {
                try await fixture.query(
                    "m", from: start, to: start + Day.length - 1, step: .seconds(60), .max
                )[0].points.map(\.value)
            }
            #expect(try await most()[1] == 1000)
            #expect(fixture.series.statistics.daysRolledUp == 1)
            try await fixture.series.checkpoint()
            #expect(fixture.series.statistics.daysRolledUp == 2)
            try await Self.loseSamples(fixture)
            #expect(try await most()[1] == 1000)
        }
    }

    @Test func `a deletion is in the rollups when it returns`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            for name in ["a", "b"] {
                try fixture.append(Self.samples(from: start, hours: 24), to: name)
            }
            try await fixture.series.checkpoint()
            _ = try await SeriesDeletionTests.delete(
                fixture, "a", from: start, to: start + 12 * 3_600_000 - 1)
            try await Self.loseSamples(fixture)
            for (name, count) in [("a", 12), ("b", 24)] {
                let hours = try await fixture.query(
                    name, from: start, to: start + Day.length - 1, step: .seconds(3600))
                #expect(hours[0].points.count == count)
            }
        }
    }

    @Test func `rates, last values and quantiles are made of samples only`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            for aggregation in [Aggregation.last, .rate, .quantile(0.5)] {
                let end = start + Day.length - 1
                let points = try await fixture.query(
                    "m", from: start, to: end, step: .seconds(3600), aggregation
                )[0].points
                #expect(points.count == 24)
            }
            try await Self.loseSamples(fixture)
            #expect(
                try await fixture.query(
                    "m", from: start, to: start + Day.length, step: .seconds(3600), .last
                ).isEmpty)
        }
    }

    @Test func `a cell with nothing but NaN is none`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append([
                Sample(at: start, value: .nan), Sample(at: start + 1, value: 4),
                Sample(at: start + 60_000, value: .nan),
            ])
            try await fixture.series.checkpoint()
            for _ in 0..<2 {
                let points = try await fixture.query(
                    "m", from: start, to: start + Day.length - 1, step: .seconds(60), .count
                )[0].points
                #expect(points == [SeriesPoint(at: start, value: 1)])
                try await Self.loseSamples(fixture)
            }
        }
    }

    @Test func `a store from before rollups rolls up what it has`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            try await fixture.execute("DELETE FROM series_rollup")
            try await fixture.execute("DELETE FROM series_day")
            let fill = try #require(
                SeriesSchema.migrations.first { $0.name == "create_series_rollup" }?
                    .sql.split(separator: ";").last { $0.contains("INSERT") })
            try await fixture.execute(String(fill))
            try await fixture.series.rollUp()
            #expect(try await fixture.series.storage().rollups == 2)
        }
    }

    @Test func `a block of former times that reaches over three days is rolled up whole`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture) - 2 * Day.length
            try fixture.append(Self.samples(from: start, hours: 3 * 24))
            try await fixture.series.checkpoint()
            let days = "SELECT min(start_at) AS a, max(end_at) AS b FROM series_block"
            let (from, to) = try await fixture.store.read { transaction in
                let row = try transaction.row(days)
                return (try row?.int64("a") ?? 0, try row?.int64("b") ?? 0)
            }
            // One row that spans them all, as a merge of before might have left it.
            try await fixture.execute("DELETE FROM series_block WHERE start_at > \(from)")
            try await fixture.execute("UPDATE series_block SET end_at = \(to)")
            try await fixture.execute("DELETE FROM series_day")
            for migration in SeriesSchema.migrations.suffix(2) {
                let fill = migration.sql.split(separator: ";").last { $0.contains("INSERT") }
                try await fixture.execute(String(try #require(fill)))
            }
            let marked = try await fixture.store.read {
                try $0.rows("SELECT day FROM series_day WHERE due = 1 ORDER BY day")
                    .map { try $0.int64("day") }
            }
            #expect(marked == Array(Day.number(of: start)...Day.number(of: to)))
        }
    }

    @Test func `damaged rollups without samples are told once, and then forgotten`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            try await fixture.execute("UPDATE series_rollup SET data = ?", [1])
            try await fixture.execute("UPDATE series_day SET pruned = 2")
            _ = try await fixture.query(
                "m", from: start, to: start + Day.length - 1, step: .seconds(3600), .sum)
            for _ in 0..<2 { try await fixture.series.rollUp() }
            #expect(fixture.series.statistics.damaged == 1)
            #expect(fixture.log.all == ["error: A damaged rollup was skipped."])
        }
    }

    @Test func `damaged rollups are reported, and made anew from the samples`() async throws {
        try await SeriesFixture.run { fixture in
            let start = Self.yesterday(fixture)
            try fixture.append(Self.samples(from: start, hours: 24))
            try await fixture.series.checkpoint()
            func sums() async throws -> [SeriesResult] {
                try await fixture.query(
                    "m", from: start, to: start + Day.length - 1, step: .seconds(3600), .sum)
            }
            let sound = try await sums()
            try await fixture.execute("UPDATE series_rollup SET data = ? WHERE tier = 3600000", [1])
            for _ in 0..<3 { #expect(try await sums() == sound) }
            #expect(fixture.series.statistics.damaged == 1)
            #expect(fixture.log.all == ["error: A damaged rollup was skipped."])
            try await fixture.series.rollUp()
            try await Self.loseSamples(fixture)
            #expect(try await sums() == sound)
        }
    }

    @Test(arguments: [false, true])
    func `rolling up may fail at any statement`(crashes: Bool) async throws {
        let countdown = Countdown()
        let fault: StatementFault = { _ in if countdown.strikes() { throw Refusal() } }
        try await SeriesFixture.run(fault: fault) { fixture in
            let start = Self.yesterday(fixture)
            for statement in 1...100 {
                // Of the day before and of the day before that, so that two are due.
                for day in 0...1 {
                    try fixture.append(
                        Self.samples(from: start - Int64(day) * Day.length, hours: 2),
                        to: "m\(statement)")
                }
                try await fixture.series.flush()
                countdown.start(statement)
                let isDone = (try? await fixture.series.checkpoint()) != nil
                countdown.start(0)
                if crashes { try await fixture.crash() }
                let hours = try await fixture.query(
                    "m\(statement)", from: start - Day.length, to: start + Day.length - 1,
                    step: .seconds(3600), .count)
                #expect(hours[0].points.map(\.value) == [240, 240, 240, 240])
                if isDone { return }
                #expect(
                    crashes || fixture.series.statistics.lastUpkeepError != nil
                        || fixture.series.statistics.lastError != nil)
                try await fixture.series.checkpoint()
            }
            Issue.record("It never came to its end")
        }
    }
}
