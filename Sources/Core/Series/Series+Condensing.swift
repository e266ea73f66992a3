internal import OpsJSONRPC

/// Condensing the samples of a query's steps, out of rollups where these say the same.
extension Series {
    /// Hands over the points of each series; the query's aggregation can be made of rollups.
    ///
    /// - Parameter snapshots: By ascending id.
    func forEachCondensed(
        of snapshots: [SeriesSnapshot], in range: SeriesRange, _ transaction: ReadTransaction,
        _ body: (SeriesSnapshot, [SeriesPoint]) throws -> Void
    ) throws {
        var rest = snapshots[...]
        while let first = rest.first {
            let group = SeriesGroup.number(of: first.id)
            // Those that become one are few points in the end, but many until then.
            let part = rest.prefix(range.isGrouped ? range.seriesAtOnce : .max)
                .prefix { SeriesGroup.number(of: $0.id) == group }
            rest = rest[part.endIndex...]
            var members = part.map { Member($0, range.aggregation) }
            try self.condense(&members, of: group, in: range, transaction)
            for member in members { try body(member.snapshot, member.condensed.points(range)) }
        }
    }

    /// A series on its way through the sources.
    private struct Member {
        let snapshot: SeriesSnapshot
        let chunks: [Chunk]
        var condensed: CondensedSeries

        init(_ snapshot: SeriesSnapshot, _ aggregation: Aggregation) {
            self.snapshot = snapshot
            self.chunks = snapshot.chunks
            self.condensed = CondensedSeries(aggregation)
        }

        var id: SeriesID { self.snapshot.id }

        /// Takes the cells that know most of each hour.
        mutating func take(
            _ day: DayCells, _ tiers: [RollupTier], in wanted: ClosedRange<Int64>,
            _ range: SeriesRange
        ) {
            day.forEachFullest(of: tiers, in: wanted) { cell, _ in
                self.condensed.add(cell, in: range.step(of: cell.start))
            }
        }

        /// Takes what the memory holds, in order of time with what is there already.
        mutating func takeChunks(
            in wanted: ClosedRange<Int64>, _ range: SeriesRange, after merge: SampleMerge?
        ) throws {
            var merge = merge ?? SampleMerge(from: wanted.lowerBound, to: wanted.upperBound)
            for chunk in self.chunks where chunk.overlaps(wanted.lowerBound, wanted.upperBound) {
                try merge.add(chunk.bytes)
            }
            self.condensed.add(merge.sorted, range)
        }
    }

    private func condense(
        _ members: inout [Member], of group: Int64, in range: SeriesRange,
        _ transaction: ReadTransaction
    ) throws {
        let plan = SourcePlan(
            range, try transaction.seriesDays(of: group, from: range.from, to: range.to))
        let alike = Dictionary(grouping: members.indices) { index in
            plan.sources(
                of: members[index].id, touched: members[index].chunks.map { $0.startAt...$0.endAt })
        }
        for (sources, indices) in alike {
            for source in sources.list {
                switch source {
                case .samples(let wanted):
                    try self.condense(&members, indices, of: group, wanted, range, transaction)
                case .rollups(let tiers, let day, let wanted):
                    let key = DayKey(group: group, day: day)
                    let rollups = try self.rollups(tiers, of: key, transaction)
                    guard !rollups.isEmpty else {
                        try self.condense(&members, indices, of: group, wanted, range, transaction)
                        continue
                    }
                    for index in indices {
                        let cells = try DayCells(rollups, tiers, of: members[index].id)
                        members[index].take(cells, tiers, in: wanted, range)
                    }
                    try Self.checkLimit(members, range)
                case .rollupsAndLate(let tiers, let day, let wanted):
                    try self.takeLate(
                        &members, indices, of: DayKey(group: group, day: day), tiers, wanted, range,
                        transaction)
                    try Self.checkLimit(members, range)
                }
            }
        }
    }

    /// Condenses what rollups and samples say of a day whose samples retention has deleted once.
    private func takeLate(
        _ members: inout [Member], _ indices: [Int], of key: DayKey, _ tiers: [RollupTier],
        _ wanted: ClosedRange<Int64>, _ range: SeriesRange, _ transaction: ReadTransaction
    ) throws {
        let whole = Day.range(key.day)
        let rollups = try self.rollups(RollupTier.allCases, of: key, transaction)
        var merges = indices.map { _ in SampleMerge(from: whole.lowerBound, to: whole.upperBound) }
        try self.forEachBlock(
            of: key.group, whole.lowerBound, whole.upperBound, transaction
        ) { block in
            for (place, index) in indices.enumerated() {
                try merges[place].add(members[index].id, of: block)
            }
        }
        for (place, index) in indices.enumerated() {
            for chunk in members[index].chunks
            where chunk.overlaps(whole.lowerBound, whole.upperBound) {
                try merges[place].add(chunk.bytes)
            }
            let day = try DayCells(
                of: merges[place].sorted, or: rollups, of: members[index].id)
            members[index].take(day, tiers, in: wanted, range)
        }
    }

    /// Condenses samples in a stretch of the range.
    ///
    /// Blocks that lie apart are taken as they are; where several may have samples of the same
    /// time, their samples are put in order first.
    private func condense(
        _ members: inout [Member], _ indices: [Int], of group: Int64, _ wanted: ClosedRange<Int64>,
        _ range: SeriesRange, _ transaction: ReadTransaction
    ) throws {
        let spans = try transaction.rows(
            """
            SELECT start_at, end_at FROM series_block
            WHERE series_group = ? AND end_at >= ? AND start_at <= ? ORDER BY start_at
            """, group, wanted.lowerBound, wanted.upperBound
        ).map { try $0.int64("start_at")...$0.int64("end_at") }
        let areApart = Self.areApart(spans)
        var merges: [Int: SampleMerge] = [:]
        for index in indices {
            let chunks = members[index].chunks.map { $0.startAt...$0.endAt }
            guard !areApart || !Self.areApart(spans.suffix(1) + chunks) else { continue }
            merges[index] = SampleMerge(from: wanted.lowerBound, to: wanted.upperBound)
        }
        try self.forEachBlock(
            of: group, wanted.lowerBound, wanted.upperBound, byTime: areApart, transaction
        ) { block in
            var parts = PartsOfBlock(wanted, range)
            for index in indices {
                if merges[index] != nil {
                    try merges[index]?.add(members[index].id, of: block)
                } else if let (times, values) = try block.numberedColumns(of: members[index].id) {
                    members[index].condensed.add(values, parts.parts(of: block, times))
                }
            }
            try Self.checkLimit(members, range)
        }
        for index in indices {
            try members[index].takeChunks(in: wanted, range, after: merges[index])
        }
    }

    /// Refuses an answer that is too large before all of it is in memory.
    private static func checkLimit(_ members: [Member], _ range: SeriesRange) throws(SeriesError) {
        guard !range.isGrouped else { return }
        try range.checkLimit(members.reduce(0) { $0 + $1.condensed.count })
    }

    /// Whether each range begins after the one before has ended.
    private static func areApart(_ spans: [ClosedRange<Int64>]) -> Bool {
        zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
    }
}

/// The parts of a block's columns of timestamps, cut once for all series that share a column.
private struct PartsOfBlock {
    private let wanted: ClosedRange<Int64>
    private let range: SeriesRange
    private var known: [Int: [StepPart]] = [:]

    init(_ wanted: ClosedRange<Int64>, _ range: SeriesRange) {
        self.wanted = wanted
        self.range = range
    }

    mutating func parts(of block: BlockReader, _ column: Int) -> [StepPart] {
        if let parts = self.known[column] { return parts }
        let parts = StepPart.parts(of: block.times[column], in: self.wanted, self.range)
        self.known[column] = parts
        return parts
    }
}
