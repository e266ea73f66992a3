import Synchronization

extension Series {
    /// Takes over the series and the tail; chunks stay where they are.
    func recover() async throws {
        try await self.store.read { transaction in
            try self.recoverNumbers(transaction)
            try transaction.forEach("SELECT id, name, labels FROM series ORDER BY id") { row in
                try self.recoverSeries(row)
                return true
            }
            try transaction.forEach("SELECT id, data FROM series_tail ORDER BY id") { row in
                self.replay(try row.blob("data"), id: try row.int64("id"))
                return true
            }
        }
    }

    /// Continues after the highest numbers, those of damaged rows included.
    private func recoverNumbers(_ transaction: ReadTransaction) throws {
        let last = try ["series", "series_chunk", "series_tail"].map { table in
            try transaction.row("SELECT MAX(id) AS last FROM \(table)")?.optionalInt64("last") ?? 0
        }
        self.state.withLock { $0.resume(afterSeries: last[0], chunk: last[1], tail: last[2]) }
    }

    private func recoverSeries(_ row: Row) throws {
        let id = try row.int64("id")
        let key = StoredLabels.labels(in: try row.text("labels")).map {
            [name = try row.text("name")] in
            SeriesKey(name: name, labels: $0)
        }
        let isRestored = self.state.withLock { state in
            guard let key, let id = SeriesID(exactly: id) else { return false }
            return state.restore(key, as: id)
        }
        if !isRestored { self.noteDamage("series", id: id, ChunkError.badNumber) }
    }

    private func replay(_ bytes: [UInt8], id: Int64) {
        do {
            var samples: [(id: SeriesID, sample: Sample)] = []
            try TailReader.read(bytes) { samples.append(($0, $1)) }
            self.state.withLock { state in
                for (id, sample) in samples { state.replay(sample, of: id) }
                state.statistics.tailBytes += bytes.count
            }
        } catch {
            self.noteDamage("row of the tail", id: id, error)
        }
    }
}
