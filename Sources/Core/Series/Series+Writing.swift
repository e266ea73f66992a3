import Synchronization
import Logging

extension Series {
    /// How many series a transaction of a checkpoint covers; others write in between.
    private static let checkpointSlice = 1000

    /// Commits and syncs everything that was appended before the call.
    ///
    /// - Throws: a `StoreError`; what could not be written stays in memory and is tried again by
    ///   the next flush.
    public func flush() async throws {
        try await self.writes.run { try await self.flushNow() }
    }

    /// Flushes, then moves the tail to chunks.
    ///
    /// Checkpoints happen by themselves; one by hand is good before a copy of the database.
    ///
    /// - Throws: a `StoreError`; nothing is lost, and the next checkpoint tries again.
    public func checkpoint() async throws {
        try await self.writes.run { try await self.checkpointNow() }
    }

    private func flushNow() async throws {
        try await self.write(self.state.withLock { $0.takeFlush() })
    }

    /// Writes chunks slice by slice and empties the tail together with the last slice.
    ///
    /// A crash in between leaves samples both in chunks and in the tail; they are read twice
    /// and counted once. The same holds for what is appended while this runs.
    private func checkpointNow() async throws {
        try await self.flushNow()
        var (ids, covered) = self.state.withLock { ($0.index.all[...], $0.lastTailID) }
        guard self.hasUnwrittenHeads(ids) else { return self.noteCheckpoint() }
        repeat {
            var batch = SeriesBatch()
            let slice = ids.prefix(Self.checkpointSlice)
            ids = ids.dropFirst(Self.checkpointSlice)
            batch.chunks = self.inParts(slice, of: 50) { $0.takeChunks(of: $1) }
            if ids.isEmpty { batch.coveredTailID = covered }
            try await self.write(batch)
        } while !ids.isEmpty
        self.noteCheckpoint()
        let now = self.time.now()
        self.state.withLock { $0.statistics.lastCheckpointAt = now }
    }

    private func hasUnwrittenHeads(_ ids: ArraySlice<SeriesID>) -> Bool {
        if self.state.withLock({ $0.statistics.tailBytes > 0 }) { return true }
        return !self.inParts(ids) { $0.unwritten(among: $1) }.isEmpty
    }

    private func write(_ batch: SeriesBatch) async throws {
        guard !batch.isEmpty else { return }
        do {
            try await self.store.writeUnaudited { try batch.write($0) }
        } catch {
            self.noteFailure(error)
            throw error
        }
        let now = self.time.now()
        let hasRecovered = self.state.withLock { state in
            defer { state.isFailing = false }
            state.acknowledge(batch)
            state.statistics.lastFlushAt = now
            return state.isFailing
        }
        if hasRecovered { self.logger.notice("Metrics are written again.") }
    }

    private func noteFailure(_ error: any Error) {
        let now = self.time.now()
        let isFirst = self.state.withLock { state in
            defer { state.isFailing = true }
            state.statistics.lastError = "\(error)"
            state.statistics.lastErrorAt = now
            state.shed()
            return !state.isFailing
        }
        guard isFirst else { return }
        self.logger.error(
            "Metrics cannot be written; they stay in memory and are tried again.",
            metadata: ["error": "\(error)"])
    }

    /// Notes a damaged chunk that was skipped; every query meets it, but only the first tells.
    func noteDamagedChunk(id: Int64, _ error: any Error) {
        guard self.state.withLock({ $0.report(chunk: id) }) else { return }
        self.logDamage("chunk", id: id, error)
    }

    /// Notes a damaged row that was skipped.
    func noteDamage(_ what: String, id: Int64, _ error: any Error) {
        self.state.withLock { $0.statistics.damaged += 1 }
        self.logDamage(what, id: id, error)
    }

    private func logDamage(_ what: String, id: Int64, _ error: any Error) {
        self.logger.error(
            "A damaged \(what) was skipped.", metadata: ["id": "\(id)", "error": "\(error)"])
    }
}
