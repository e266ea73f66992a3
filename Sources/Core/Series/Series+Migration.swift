internal import OpsJSONRPC

/// Moving what the first format has left: a row a series, and a row a chunk of a series.
extension Series {
    /// How many groups of series move in one transaction; a crash in between loses nothing.
    private static let movedSlice = 16
    private static let movedLevel: Int32 = 3

    /// Moves the rows of `series` and `series_chunk`; damaged ones are logged and stay.
    func moveFormerFormat() async throws {
        try await self.moveNames()
        try await self.moveChunks()
    }

    private func moveNames() async throws {
        let series = try await self.store.read { transaction in
            try transaction.rows("SELECT id, name, labels FROM series ORDER BY id").compactMap {
                try self.formerKey($0)
            }
        }
        var groups = SeriesGroup.split(series.map(\.id)[...])[...]
        var rest = series[...]
        while !groups.isEmpty {
            let slice = groups.prefix(Self.movedSlice).map { group, ids in
                defer { rest = rest.dropFirst(ids.count) }
                return (
                    group: group, ids: Array(ids),
                    data: GroupKeys.pack(Array(rest.prefix(ids.count)))
                )
            }
            groups = groups.dropFirst(Self.movedSlice)
            try await self.store.writeUnaudited { transaction in
                for (group, ids, data) in slice {
                    try transaction.execute(
                        "INSERT INTO series_group (number, data) VALUES (?, ?)", group, data)
                    for id in ids {
                        try transaction.execute("DELETE FROM series WHERE id = ?", id)
                    }
                }
            }
        }
    }

    private func formerKey(_ row: Row) throws -> (id: SeriesID, key: SeriesKey)? {
        let id = try row.int64("id")
        let name = try row.text("name")
        guard let number = SeriesID(exactly: id),
            let labels = StoredLabels.labels(in: try row.text("labels"))
        else {
            self.noteDamage("series", id: id, ChunkError.badNumber)
            return nil
        }
        return (number, SeriesKey(name: name, labels: labels))
    }

    private func moveChunks() async throws {
        let ids = try await self.store.read { transaction in
            try transaction.rows("SELECT DISTINCT series FROM series_chunk ORDER BY series")
                .compactMap { SeriesID(exactly: try $0.int64("series")) }
        }
        guard !ids.isEmpty else { return }
        var block = try await self.store.read {
            try $0.row("SELECT MAX(id) AS last FROM series_block")?.optionalInt64("last") ?? 0
        }
        for (group, ids) in SeriesGroup.split(ids[...]) {
            // A day at a time: months of hundreds of series are more than memory should take.
            let chunks = try await self.formerChunks(of: Array(ids))
            for (day, chunks) in chunks.sorted(by: { $0.key < $1.key }) {
                block += 1
                try await self.move(chunks, of: DayKey(group: group, day: day), to: block)
            }
        }
        try await self.store.releaseFreePages()
    }

    /// A chunk of the first format.
    private struct FormerChunk: Sendable {
        let id: Int64
        let series: SeriesID
        /// The last day of which it has samples.
        let lastDay: Int64
    }

    /// The chunks of series that can be read, by each day of which they have samples.
    private func formerChunks(of ids: [SeriesID]) async throws -> [Int64: [FormerChunk]] {
        var chunks: [Int64: [FormerChunk]] = [:]
        for id in ids {
            try await self.store.read { transaction in
                try transaction.rows(
                    "SELECT id, data FROM series_chunk WHERE series = ? ORDER BY id", id
                ).compactMap { row in try self.daysOfFormerChunk(row) }
            }.forEach { number, days in
                guard let last = days.last else { return }
                let chunk = FormerChunk(id: number, series: id, lastDay: last)
                for day in days { chunks[day, default: []].append(chunk) }
            }
        }
        return chunks
    }

    private func daysOfFormerChunk(_ row: Row) throws -> (id: Int64, days: [Int64])? {
        let id = try row.int64("id")
        var merge = SampleMerge(from: .min, to: .max)
        do {
            try merge.add(try row.blob("data"))
        } catch let error as ChunkError {
            self.noteDamage("chunk of the former format", id: id, error)
            return nil
        }
        return (id, Day.split(merge.sorted).map(\.day))
    }

    /// Moves what chunks hold of a day into a block; a chunk of which nothing is left to move goes.
    private func move(_ chunks: [FormerChunk], of key: DayKey, to block: Int64) async throws {
        let range = Day.range(key.day)
        var encoder = BlockEncoder()
        // They stand in the order of the series, and those of a series in the order of writing.
        var rest = chunks[...]
        while let id = rest.first?.series {
            let part = rest.prefix { $0.series == id }
            rest = rest[part.endIndex...]
            let samples = try await self.store.read { transaction in
                var merge = SampleMerge(from: range.lowerBound, to: range.upperBound)
                for chunk in part {
                    let row = try transaction.row(
                        "SELECT data FROM series_chunk WHERE id = ?", chunk.id)
                    if let row { try merge.add(try row.blob("data")) }
                }
                return merge.sorted
            }
            if !samples.isEmpty { encoder.add(id, samples) }
        }
        guard !encoder.isEmpty else { return }
        let row = BlockRow(
            id: block, group: key.group, block: encoder.finish(level: Self.movedLevel))
        try await self.store.writeUnaudited { transaction in
            try row.insert(transaction)
            try SeriesDay.markDue(key.group, key.day, transaction)
            for chunk in chunks where chunk.lastDay == key.day {
                try transaction.execute("DELETE FROM series_chunk WHERE id = ?", chunk.id)
            }
        }
    }
}
