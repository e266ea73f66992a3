/// Where the samples of a series come from, in order of time.
struct SeriesSources: Sendable, Hashable {
    /// One stretch.
    enum Source: Sendable, Hashable {
        case samples(ClosedRange<Int64>)
        /// The rollups of a day whose cells begin in the range, of the length that knows most of each
        /// hour; of those that know the same the first.
        case rollups([RollupTier], day: Int64, ClosedRange<Int64>)
        /// The same of a day whose samples retention has deleted and which has got others since,
        /// that are not in its rollups yet.
        case rollupsAndLate([RollupTier], day: Int64, ClosedRange<Int64>)
    }

    var list: [Source] = []

    fileprivate mutating func addSamples(from: Int64, to: Int64) {
        if from <= to { self.list.append(.samples(from...to)) }
    }
}

/// Decides for each series of a group which days a query reads as rollups.
///
/// Rollups are read where they say the same as the samples: the steps are whole cells, the day was
/// rolled up since samples came or went, and the memory holds none of it. They are read as well
/// where retention has deleted the samples; a cell counts for the step in which it begins then, and
/// what came after the deletion is put together with them as rolling up will do it.
struct SourcePlan {
    private let from: Int64
    private let to: Int64
    private let days: [SeriesDay]
    /// The lengths of which the steps are multiples, the longest first.
    private let exact: [RollupTier]

    init(_ range: SeriesRange, _ days: [SeriesDay]) {
        self.from = range.from
        self.to = range.to
        self.days = days
        self.exact = range.exactTiers
    }

    /// - Parameter touched: What the memory holds of the series, as ranges of time.
    func sources(of id: SeriesID, touched: [ClosedRange<Int64>]) -> SeriesSources {
        var sources = SeriesSources()
        var next = self.from
        for day in self.days where !day.tiers.isEmpty {
            let whole = day.range
            let start = max(self.from, whole.lowerBound)
            let isTouched = touched.contains { $0.overlaps(whole) }
            guard let (tiers, end) = self.rollups(of: day, id, isTouched), start <= end else {
                continue
            }
            sources.addSamples(from: next, to: start - 1)
            sources.list.append(
                day.isDue || isTouched
                    ? .rollupsAndLate(tiers, day: day.number, start...end)
                    : .rollups(tiers, day: day.number, start...end))
            // A day of rollups is no day at the end of time.
            next = end + 1
        }
        sources.addSamples(from: next, to: self.to)
        return sources
    }

    private func rollups(
        of day: SeriesDay, _ id: SeriesID, _ isTouched: Bool
    ) -> ([RollupTier], end: Int64)? {
        let exact = self.exact.filter(day.tiers.contains)
        guard !day.pruned.contains(id) else {
            // A rule may keep the hours of some series longer than their minutes.
            let rest = RollupTier.allCases.filter { day.tiers.contains($0) && !exact.contains($0) }
            return (exact + rest, min(self.to, day.range.upperBound))
        }
        guard !day.isDue, !isTouched, let tier = exact.first else { return nil }
        return ([tier], tier.lastWhole(before: min(self.to, day.range.upperBound) + 1))
    }
}

extension SeriesRange {
    /// The lengths of which every step consists as a whole, the longest first.
    var exactTiers: [RollupTier] {
        guard let step = self.step, self.from >= 0 else { return [] }
        return RollupTier.allCases.reversed().filter {
            step % $0.length == 0 && self.from % $0.length == 0
        }
    }

    /// Whether the answer can be made of rollups.
    var isCondensable: Bool {
        guard self.step != nil else { return false }
        return switch self.aggregation {
        case .avg, .min, .max, .sum, .count: true
        case .last, .rate, .quantile: false
        }
    }
}
