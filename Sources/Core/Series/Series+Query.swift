import Synchronization
import OpsJSONRPC

extension Series {
    /// Answers what matches, sorted by name and labels; series without a point are left out.
    ///
    /// Packed data is unpacked on the store's readers and never on the loop. Appending goes on
    /// meanwhile: the answer holds everything appended before the call.
    ///
    /// Days that are over are read as rollups where these say the same as the samples. Where
    /// retention has deleted the samples, avg, min, max, sum and count are made of the rollups that
    /// are left, each of which counts where it begins; nothing else can be made of them.
    ///
    /// - Throws: a `SeriesError` when the query makes no sense or asks for too much, a `StoreError`
    ///   when the database cannot be read. Damaged chunks are skipped, counted and logged.
    public func query(_ query: SeriesQuery) async throws -> [SeriesResult] {
        let range = try SeriesRange(query, limit: self.settings.maxQueryPoints)
        // Memory first, then the store: what a checkpoint moves in between is seen twice, not never.
        let snapshots = try await self.snapshots(matching: query.matchers)
        let symbols = self.state.withLock { $0.index.symbols }
        guard !snapshots.isEmpty else { return [] }
        let grouping = query.grouping
        let results = try await self.store.read { transaction in
            var found = FoundPoints(range, grouping, symbols)
            if range.isCondensable {
                try self.forEachCondensed(of: snapshots, in: range, transaction) {
                    try found.add($1, of: $0.key)
                }
            } else {
                try self.forEachSeries(of: snapshots, in: range, transaction) {
                    try found.add(range.points(of: $1), of: $0.key)
                }
            }
            return found.results
        }
        return results.sorted { $0.key < $1.key }
    }

    /// Answers the newest sample of each series that matches, sorted by name and labels.
    ///
    /// Costs no look into the store for series that got a sample since the start.
    public func latest(matching matchers: [LabelMatcher]) async throws -> [SeriesResult] {
        let snapshots = try await self.snapshots(matching: matchers)
        let symbols = self.state.withLock { $0.index.symbols }
        let missing = snapshots.filter { $0.latest == nil }.map(\.id)
        let stored = missing.isEmpty ? [:] : try await self.loadLatest(of: missing)
        return snapshots.compactMap { snapshot in
            (snapshot.latest ?? stored[snapshot.id]).map {
                SeriesResult(
                    symbols.key(snapshot.key),
                    points: [SeriesPoint(at: $0.at, value: $0.value)])
            }
        }.sorted { $0.key < $1.key }
    }

    /// Answers the series that match, sorted; a page of them when `limit` is given.
    ///
    /// - Parameter key: The last series of the page before.
    public func series(
        matching matchers: [LabelMatcher] = [], after key: SeriesKey? = nil, limit: Int = .max
    ) async throws -> [SeriesKey] {
        try await self.loop.workers.run {
            let index = self.state.withLock { $0.index }
            let ids = try index.ids(matching: matchers)
            let keys = self.inParts(ids[...]) { state, part in
                part.compactMap { state.entry($0)?.key }
            }.map(index.symbols.key)
            let sorted = keys.sorted().drop { candidate in key.map { candidate <= $0 } ?? false }
            return Array(sorted.prefix(limit))
        }
    }

    /// Counts the series that match; none of their names is put together for it.
    ///
    /// A source of many series is held to a limit of its own by asking for the series with its
    /// label before it makes further ones.
    ///
    /// - Throws: a `SeriesError` when a regular expression cannot be read.
    public func count(matching matchers: [LabelMatcher]) throws(SeriesError) -> Int {
        try self.state.withLock { $0.index }.ids(matching: matchers).count
    }

    /// Answers the names of all labels, sorted; the metric's name is `__name__`.
    public func labelNames() async throws -> [String] {
        try await self.loop.workers.run { self.state.withLock { $0.index }.labelNames }
    }

    /// Answers the values that a label has, sorted; those of `__name__` are the metrics' names.
    public func labelValues(_ name: String) async throws -> [String] {
        try await self.loop.workers.run { self.state.withLock { $0.index }.values(of: name) }
    }

    /// Measures what the series occupy in the database; looks at every block.
    public func storage() async throws -> SeriesStorage {
        let series = self.statistics.series
        return try await self.store.read { transaction in
            let blocks = try transaction.row(
                """
                SELECT COUNT(*) AS rows, COALESCE(SUM(count), 0) AS samples,
                    COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM series_block
                """)
            let tail = try transaction.row(
                """
                SELECT COUNT(*) AS rows, COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM series_tail
                """)
            let rollups = try transaction.row(
                """
                SELECT COUNT(*) AS rows, COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM series_rollup
                """)
            return SeriesStorage(
                series: series, blocks: try blocks?.int("rows") ?? 0,
                samples: try blocks?.int("samples") ?? 0,
                blockBytes: try blocks?.int("bytes") ?? 0,
                rollups: try rollups?.int("rows") ?? 0,
                rollupBytes: try rollups?.int("bytes") ?? 0, tailRows: try tail?.int("rows") ?? 0,
                tailBytes: try tail?.int("bytes") ?? 0)
        }
    }

    // MARK: - Memory

    /// What matches, by ascending id.
    ///
    /// Searches on a worker, since a regular expression may have many values to look at.
    func snapshots(
        matching matchers: [LabelMatcher], limit: Int? = nil
    ) async throws -> [SeriesSnapshot] {
        let limit = limit ?? self.settings.maxQuerySeries
        return try await self.loop.workers.run {
            let ids = try self.state.withLock { $0.index }.ids(matching: matchers)
            guard ids.count <= limit else {
                throw SeriesError(
                    .tooMuchData, "The selector matches \(ids.count) series; the limit is \(limit)",
                    hint: "add matchers")
            }
            return self.inParts(ids[...]) { state, part in
                part.compactMap { id in
                    state.entry(id).map { SeriesSnapshot(id: id, key: $0.key, head: $0.head) }
                }
            }
        }
    }
}
