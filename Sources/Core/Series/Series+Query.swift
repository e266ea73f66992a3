import Synchronization
import OpsJSONRPC

extension Series {
    /// Answers what matches, sorted by name and labels; series without a point are left out.
    ///
    /// Packed data is unpacked on the store's readers and never on the loop. Appending goes on
    /// meanwhile: the answer holds everything appended before the call.
    ///
    /// - Throws: a `SeriesError` when the query makes no sense or asks for too much, a `StoreError`
    ///   when the database cannot be read. Damaged chunks are skipped, counted and logged.
    public func query(_ query: SeriesQuery) async throws -> [SeriesResult] {
        let range = try SeriesRange(query, limit: self.settings.maxQueryPoints)
        // Memory first, then the store: what a checkpoint moves in between is seen twice, not never.
        let snapshots = try await self.snapshots(matching: query.matchers)
        guard !snapshots.isEmpty else { return [] }
        return try await self.store.read { transaction in
            var points = 0
            return try snapshots.compactMap { snapshot in
                let found = range.points(
                    of: try self.samples(of: snapshot, from: range.from, to: range.to, transaction))
                points += found.count
                try range.checkLimit(points)
                return found.isEmpty ? nil : SeriesResult(snapshot.key, points: found)
            }
        }
    }

    /// Answers the newest sample of each series that matches, sorted by name and labels.
    ///
    /// Costs no look into the store for series that got a sample since the start.
    public func latest(matching matchers: [LabelMatcher]) async throws -> [SeriesResult] {
        let snapshots = try await self.snapshots(matching: matchers)
        let missing = snapshots.filter { $0.latest == nil }.map(\.id)
        let stored = missing.isEmpty ? [:] : try await self.loadLatest(of: missing)
        return snapshots.compactMap { snapshot in
            (snapshot.latest ?? stored[snapshot.id]).map {
                SeriesResult(snapshot.key, points: [SeriesPoint(at: $0.at, value: $0.value)])
            }
        }
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
            }
            let sorted = keys.sorted().drop { candidate in key.map { candidate <= $0 } ?? false }
            return Array(sorted.prefix(limit))
        }
    }

    /// Answers the names of all labels, sorted; the metric's name is `__name__`.
    public func labelNames() async throws -> [String] {
        try await self.loop.workers.run { self.state.withLock { $0.index }.labelNames }
    }

    /// Answers the values that a label has, sorted; those of `__name__` are the metrics' names.
    public func labelValues(_ name: String) async throws -> [String] {
        try await self.loop.workers.run { self.state.withLock { $0.index }.values(of: name) }
    }

    /// Measures what the series occupy in the database; looks at every chunk.
    public func storage() async throws -> SeriesStorage {
        try await self.store.read { transaction in
            let series = try transaction.row("SELECT COUNT(*) AS rows FROM series")
            let chunks = try transaction.row(
                """
                SELECT COUNT(*) AS rows, COALESCE(SUM(count), 0) AS samples,
                    COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM series_chunk
                """)
            let tail = try transaction.row(
                """
                SELECT COUNT(*) AS rows, COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM series_tail
                """)
            return SeriesStorage(
                series: try series?.int("rows") ?? 0, chunks: try chunks?.int("rows") ?? 0,
                samples: try chunks?.int("samples") ?? 0,
                chunkBytes: try chunks?.int("bytes") ?? 0, tailRows: try tail?.int("rows") ?? 0,
                tailBytes: try tail?.int("bytes") ?? 0)
        }
    }

    // MARK: - Memory

    /// Searches on a worker, since a regular expression may have many values to look at.
    private func snapshots(matching matchers: [LabelMatcher]) async throws -> [SeriesSnapshot] {
        let limit = self.settings.maxQuerySeries
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
            }.sorted { $0.key < $1.key }
        }
    }

    // MARK: - Store

    private func samples(
        of snapshot: SeriesSnapshot, from: Int64, to: Int64, _ transaction: ReadTransaction
    ) throws -> [Sample] {
        var merge = SampleMerge(from: from, to: to)
        let rows = try transaction.rows(
            """
            SELECT id, data FROM series_chunk
            WHERE series = ? AND end_at >= ? AND start_at <= ? ORDER BY id
            """, snapshot.id, from, to)
        for row in rows {
            do {
                try merge.add(try row.blob("data"))
            } catch let error as ChunkError {
                self.noteDamagedChunk(id: try row.int64("id"), error)
            }
        }
        for chunk in snapshot.chunks where chunk.startAt <= to && chunk.endAt >= from {
            try merge.add(chunk.bytes)
        }
        return merge.sorted
    }

    /// Reads the newest samples from the chunks and keeps them for the next time.
    private func loadLatest(of ids: [SeriesID]) async throws -> [SeriesID: Sample] {
        let found = try await self.store.read { transaction in
            var found: [SeriesID: Sample] = [:]
            for id in ids { found[id] = try self.storedLatest(of: id, transaction) }
            return found
        }
        self.state.withLock { state in
            for (id, sample) in found { state.entry(id)?.head.learn(sample) }
        }
        return found
    }

    /// The newest sample of the newest chunk that can be read.
    private func storedLatest(
        of id: SeriesID, _ transaction: ReadTransaction
    ) throws -> Sample? {
        let rows = try transaction.rows(
            """
            SELECT id, end_at, data FROM series_chunk WHERE series = ?
            ORDER BY end_at DESC, id DESC LIMIT 3
            """, id)
        for row in rows {
            do {
                var samples: [Sample] = []
                let end = try row.int64("end_at")
                try Chunk.read(try row.blob("data"), from: end, to: end, into: &samples)
                if let sample = samples.last { return sample }
            } catch let error as ChunkError {
                self.noteDamagedChunk(id: try row.int64("id"), error)
            }
        }
        return nil
    }
}
