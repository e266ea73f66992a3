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
        let last = try await self.store.read {
            try $0.row("SELECT MAX(id) AS last FROM series_block")?.optionalInt64("last") ?? 0
        }
        for (index, (group, ids)) in SeriesGroup.split(ids[...]).enumerated() {
            try await self.moveChunks(of: Array(ids), group, to: last + 1 + Int64(index))
        }
        try await self.store.releaseFreePages()
    }

    private func moveChunks(of ids: [SeriesID], _ group: Int64, to block: Int64) async throws {
        var encoder = BlockEncoder()
        var days: Set<Int64> = []
        var moved: [Int64] = []
        for id in ids {
            let chunks = try await self.store.read {
                try $0.rows("SELECT id, data FROM series_chunk WHERE series = ? ORDER BY id", id)
            }
            var merge = SampleMerge(from: .min, to: .max)
            for row in chunks {
                let number = try row.int64("id")
                do {
                    try merge.add(try row.blob("data"))
                    moved.append(number)
                } catch let error as ChunkError {
                    self.noteDamage("chunk of the former format", id: number, error)
                }
            }
            let samples = merge.sorted
            days.formUnion(Day.split(samples).map(\.day))
            if !samples.isEmpty { encoder.add(id, samples) }
        }
        guard !encoder.isEmpty else { return }
        let row = BlockRow(id: block, group: group, block: encoder.finish(level: Self.movedLevel))
        let (chunks, marks) = (moved, days)
        try await self.store.writeUnaudited { transaction in
            try row.insert(transaction)
            for day in marks { try SeriesDay.markDue(group, day, transaction) }
            for id in chunks {
                try transaction.execute("DELETE FROM series_chunk WHERE id = ?", id)
            }
        }
    }
}
