import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SourcePlanTests {
    static let day = Day.length

    static func sources(
        from: Int64 = 0, to: Int64, step: Int64 = 3_600_000, isDue: Bool = false,
        _ pruned: PrunedSeries = .none, tiers: Set<RollupTier> = [.minute, .hour],
        touched: [ClosedRange<Int64>] = []
    ) throws -> [SeriesSources.Source] {
        let range = try SeriesRange(
            SeriesQuery(
                matchers: [], from: Instant(milliseconds: from), to: Instant(milliseconds: to),
                step: .milliseconds(step)), limit: .max)
        let day = SeriesDay(group: 0, number: 1, isDue: isDue, pruned: pruned, tiers: tiers)
        return SourcePlan(range, [day]).sources(of: 7, touched: touched).list
    }

    @Test func `a day that was rolled up is read by the longest cells that fit`() throws {
        #expect(
            try Self.sources(to: 3 * Self.day) == [
                .samples(0...(Self.day - 1)),
                .rollups([.hour], day: 1, Self.day...(2 * Self.day - 1)),
                .samples((2 * Self.day)...(3 * Self.day)),
            ])
        #expect(
            try Self.sources(from: Self.day, to: 2 * Self.day - 1, step: 300_000) == [
                .rollups([.minute], day: 1, Self.day...(2 * Self.day - 1))
            ])
    }

    @Test func `a cell that ends after the range is read as samples`() throws {
        let end = Self.day + 2 * 3_600_000 + 5
        #expect(
            try Self.sources(from: Self.day, to: end) == [
                .rollups([.hour], day: 1, Self.day...(end - 6)), .samples((end - 5)...end),
            ])
    }

    @Test func `steps that are no whole cells are read as samples`() throws {
        let all: [SeriesSources.Source] = [.samples(5...(3 * Self.day))]
        #expect(try Self.sources(from: 5, to: 3 * Self.day) == all)
        #expect(
            try Self.sources(to: 3 * Self.day, step: 90_000) == [.samples(0...(3 * Self.day))])
    }

    @Test func `samples that came since are read, and not the rollups`() throws {
        let all: [SeriesSources.Source] = [.samples(0...(3 * Self.day))]
        #expect(try Self.sources(to: 3 * Self.day, isDue: true) == all)
        #expect(try Self.sources(to: 3 * Self.day, touched: [0...(Self.day + 1)]) == all)
        #expect(try Self.sources(to: 3 * Self.day, tiers: []) == all)
        #expect(try Self.sources(to: 3 * Self.day, touched: [0...(Self.day - 1)]).count == 3)
    }

    @Test func `where samples are gone the shortest cells there are stand for them`() throws {
        let rest = Self.day...(2 * Self.day - 1)
        for tiers in [[.minute, .hour], [.hour]] as [[RollupTier]] {
            let sources = try Self.sources(
                from: 5, to: 3 * Self.day, step: 90_000, .some([7]), tiers: Set(tiers))
            #expect(sources[1] == .rollups(tiers, day: 1, rest))
        }
        #expect(
            try Self.sources(to: 3 * Self.day, .all)[1] == .rollups([.hour, .minute], day: 1, rest))
        #expect(try Self.sources(from: 5, to: 3 * Self.day, .some([8])).count == 1)
    }

    @Test func `what came after samples were deleted stands beside their cells`() throws {
        let all: [SeriesSources.Source] = [
            .samples(5...(Self.day - 1)),
            .rollupsAndLate([.minute, .hour], day: 1, Self.day...(2 * Self.day - 1)),
            .samples((2 * Self.day)...(3 * Self.day)),
        ]
        for (isDue, touched) in [(true, []), (false, [Self.day...(Self.day + 1)])] {
            #expect(
                try Self.sources(
                    from: 5, to: 3 * Self.day, step: 90_000, isDue: isDue, .all, touched: touched)
                    == all)
        }
    }
}
