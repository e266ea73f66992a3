import Synchronization

extension Series {
    /// Takes over the series and the tail; blocks stay where they are.
    func recover() async throws {
        try await self.store.read { transaction in
            try self.recoverNumbers(transaction)
            try transaction.forEach(
                "SELECT number, data FROM series_group ORDER BY number"
            ) { row in
                self.recoverGroup(try row.blob("data"), number: try row.int64("number"))
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
        let last = try ["series", "series_block", "series_tail"].map { table in
            try transaction.row("SELECT MAX(id) AS last FROM \(table)")?.optionalInt64("last") ?? 0
        }
        self.state.withLock { $0.resume(afterSeries: last[0], block: last[1], tail: last[2]) }
    }

    private func recoverGroup(_ bytes: [UInt8], number: Int64) {
        do {
            try self.state.withLock { state in
                let series = try GroupKeys.unpack(bytes, &state.index.symbols)
                for (id, key) in series where !state.restore(key, as: id) {
                    state.statistics.damaged += 1
                }
            }
        } catch {
            self.noteDamage("group of series", id: number, error)
            // None of its numbers may be given to other series: blocks still mention them.
            self.state.withLock { $0.reserve(group: number) }
        }
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
