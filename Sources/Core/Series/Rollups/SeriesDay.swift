/// A day of a group of series, of which the store has samples or rollups.
struct SeriesDay: Sendable, Hashable {
    let group: Int64
    let number: Int64
    /// Whether samples came or went since it was rolled up.
    let isDue: Bool
    let pruned: PrunedSeries
    /// Of which lengths it has rollups.
    var tiers: Set<RollupTier> = []

    var range: ClosedRange<Int64> { Day.range(self.number) }

    init(_ row: Row) throws {
        self.group = try row.int64("series_group")
        self.number = try row.int64("day")
        self.isDue = try row.bool("due")
        self.pruned = PrunedSeries(
            kind: try row.int64("pruned"), ids: try row.optionalBlob("pruned_series"))
    }

    init(
        group: Int64, number: Int64, isDue: Bool, pruned: PrunedSeries, tiers: Set<RollupTier>
    ) {
        self.group = group
        self.number = number
        self.isDue = isDue
        self.pruned = pruned
        self.tiers = tiers
    }

    /// Notes that samples of a day come or go: in the same transaction as they do.
    static func markDue(_ group: Int64, _ day: Int64, _ transaction: WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO series_day (series_group, day, due, pruned, has_late) VALUES (?, ?, 1, 0, 0)
            ON CONFLICT (series_group, day) DO UPDATE SET due = 1
            """, group, day)
    }
}

extension ReadTransaction {
    /// The days of a group that reach into a range, with the rollups that they have.
    func seriesDays(of group: Int64, from: Int64, to: Int64) throws -> [SeriesDay] {
        let (first, last) = (Day.number(of: from), Day.number(of: to))
        var tiers: [Int64: Set<RollupTier>] = [:]
        for row in try self.rows(
            """
            SELECT tier, day FROM series_rollup
            WHERE series_group = ? AND day >= ? AND day <= ?
            """, group, first, last)
        {
            guard let tier = RollupTier(rawValue: try row.int64("tier")) else { continue }
            tiers[try row.int64("day"), default: []].insert(tier)
        }
        return try self.rows(
            """
            SELECT series_group, day, due, pruned, pruned_series FROM series_day
            WHERE series_group = ? AND day >= ? AND day <= ? ORDER BY day
            """, group, first, last
        ).map { row in
            var day = try SeriesDay(row)
            day.tiers = tiers[day.number] ?? []
            return day
        }
    }
}
