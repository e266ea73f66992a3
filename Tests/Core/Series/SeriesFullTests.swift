import GRDB
import OpsJSONRPC
import Testing

@testable import OpsCore

/// A disk without room, in front of merging, rolling up and deleting.
@Suite struct SeriesFullTests {
    /// Values that nothing can make small.
    static func noise(from start: Int64, hours: Int, seed: UInt64) -> [Sample] {
        var random = SeriesRandom(seed: seed)
        return RollupTests.samples(from: start, hours: hours).map {
            Sample(at: $0.at, value: .random(in: 0...1, using: &random))
        }
    }

    /// Two days of six blocks each, of which one is over by the fixture's clock.
    static func fill(_ fixture: SeriesFixture) async throws -> [Sample] {
        var all: [Sample] = []
        for part in 0..<12 {
            let start = RollupTests.yesterday(fixture) + Int64(part) * 4 * 3_600_000
            let samples = Self.noise(from: start, hours: part % 6 == 5 ? 2 : 4, seed: UInt64(part))
            try fixture.append(samples)
            try await fixture.series.flush()
            all += samples
        }
        return all
    }

    static func sums(_ fixture: SeriesFixture) async throws -> [Double] {
        let start = RollupTests.yesterday(fixture)
        return try await fixture.query(
            "m", from: start, to: start + Day.length - 1, step: .seconds(3600), .sum
        ).flatMap(\.points).map(\.value)
    }

    static func isClose(_ left: [Double], _ right: [Double]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-9 }
    }

    @Test func `at its largest size a database goes on being read, and catches up later`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            let all = try await Self.fill(fixture)
            let sums = try await Self.sums(fixture)
            try fixture.store.onWriter { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
            }
            for _ in 0..<3 {
                let error = await #expect(throws: StoreError.self) {
                    try await fixture.series.checkpoint()
                }
                #expect(error?.code == .full)
                #expect(try await fixture.samples() == all)
                #expect(Self.isClose(try await Self.sums(fixture), sums))
            }
            try fixture.store.onWriter {
                try $0.execute(sql: "PRAGMA max_page_count = 1000000")
            }
            try await fixture.series.checkpoint()
            try await fixture.series.merge()
            try await fixture.crash()
            #expect(try await fixture.samples() == all)
            #expect(Self.isClose(try await Self.sums(fixture), sums))
            #expect(try await fixture.series.storage().rollups == 2)
        }
    }

    @Test(
        .enabled(
            if: SmallDisk.canMount, "a small file system can be mounted here (needs to be root)"),
        arguments: ["merge", "roll up", "prune"])
    func `a full disk stops upkeep, which loses nothing and is done once there is space`(
        work: String
    ) async throws {
        var settings = SeriesSettings()
        settings.retentionRules = [
            try RetentionRuleTests.rule("other", samples: 1)
        ]
        try await SeriesFixture.run(settings) { fixture in
            await fixture.store.close()
            let disk = try SmallDisk(at: fixture.folder.folder, kilobytes: 4096)
            defer { disk.unmount() }
            try await fixture.crash()
            let series = fixture.series
            // Neighbours in blocks, so that pruning has to write them anew.
            let old = Self.noise(
                from: RollupTests.yesterday(fixture) - 3 * Day.length, hours: 24, seed: 99)
            for name in ["other", "stays"] { try fixture.append(old, to: name) }
            let all = try await Self.fill(fixture)
            try await Self.prepare(work, series)
            let sums = try await Self.sums(fixture)
            // What the log has grown to is no room.
            try fixture.store.onWriter { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            disk.fill()
            for _ in 0..<2 {
                let error = await #expect(throws: StoreError.self) {
                    try await Self.carryOut(work, fixture.series)
                }
                #expect(error?.code == .full)
                #expect(try await fixture.samples() == all)
                #expect(try await fixture.samples("stays") == old)
                #expect(Self.isClose(try await Self.sums(fixture), sums))
            }
            #expect(fixture.series.statistics.lastUpkeepError?.isEmpty == false)
            #expect(
                fixture.log.all == [
                    "error: Metrics cannot be merged, rolled up or deleted; this is tried again."
                ])
            disk.free()
            try await Self.carryOut(work, fixture.series)
            #expect(fixture.series.statistics.damaged == 0)
            try await fixture.store.checkIntegrity()
            try await fixture.crash()
            #expect(try await fixture.samples() == all)
            #expect(try await fixture.samples("stays") == old)
            #expect(try await fixture.samples("other").isEmpty == (work == "prune"))
            #expect(Self.isClose(try await Self.sums(fixture), sums))
            await fixture.store.close()
        }
    }

    /// Brings the store to where only the work in question is left to do.
    private static func prepare(_ work: String, _ series: Series) async throws {
        try await series.checkpoint()
        guard work == "roll up" else { return }
        // As if samples had come: all days are to be rolled up again.
        try await series.store.writeUnaudited { transaction in
            try transaction.execute("DELETE FROM series_rollup")
            return try transaction.execute("UPDATE series_day SET due = 1")
        }
    }

    private static func carryOut(_ work: String, _ series: Series) async throws {
        switch work {
        case "merge": try await series.merge()
        case "roll up": try await series.rollUp()
        default: _ = try await series.prune()
        }
    }
}
