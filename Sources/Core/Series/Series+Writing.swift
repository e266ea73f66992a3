import Synchronization
import Logging

extension Series {
    /// How many groups of series a transaction of a checkpoint covers; others write in between.
    private static let checkpointSlice = 4
    /// Quick, since the samples wait; blocks that are merged later take more time.
    private static let checkpointLevel: Int32 = 3

    /// Commits and syncs everything that was appended before the call.
    ///
    /// - Throws: a `StoreError`; what could not be written stays in memory and is tried again by
    ///   the next flush.
    public func flush() async throws {
        try await self.flushes.run { try await self.flushNow() }
    }

    /// Flushes, then moves the tail to blocks; flushes go on meanwhile.
    ///
    /// Checkpoints happen by themselves; one by hand is good before a copy of the database.
    ///
    /// - Throws: a `StoreError`; nothing is lost, and the next checkpoint tries again.
    public func checkpoint() async throws {
        try await self.upkeep.run { try await self.checkpointNow() }
    }

    private func flushNow() async throws {
        var batch = self.state.withLock { $0.takeFlush() }
        batch.groups = Set(batch.series.map(SeriesGroup.number)).sorted().map { group in
            (group, GroupKeys.pack(self.state.withLock { $0.keys(inGroup: group) }))
        }
        try await self.write(batch)
    }

    /// Writes what is in memory, then merges and rolls up.
    func checkpointNow() async throws {
        guard try await self.writeHeads() else { return }
        try await self.notingFailure {
            try await self.mergeBlocks(all: false)
            try await self.rollUpDueDays()
            try await self.store.releaseFreePages()
        }
    }

    /// Writes blocks slice by slice and empties the tail together with the last slice; answers
    /// whether there was anything to write.
    ///
    /// A crash in between leaves samples both in blocks and in the tail; they are read twice
    /// and counted once. The same holds for what is appended while this runs.
    @discardableResult
    func writeHeads() async throws -> Bool {
        try await self.flush()
        let (ids, covered) = self.state.withLock { ($0.index.all[...], $0.coveredTail) }
        guard self.hasUnwrittenHeads(ids) else {
            self.noteCheckpoint()
            return false
        }
        var groups = SeriesGroup.split(ids)[...]
        repeat {
            var batch = SeriesBatch()
            for (group, ids) in groups.prefix(Self.checkpointSlice) {
                self.addBlock(of: group, ids, to: &batch)
            }
            groups = groups.dropFirst(Self.checkpointSlice)
            if groups.isEmpty { batch.covered = covered }
            try await self.write(batch)
        } while !groups.isEmpty
        self.noteCheckpoint()
        let now = self.time.now()
        self.state.withLock { $0.statistics.lastCheckpointAt = now }
        return true
    }

    /// Says when merging, rolling up or deleting fails; the samples are safe, and it is tried again.
    func notingFailure<T: Sendable>(_ work: () async throws -> T) async throws -> T {
        do {
            let result = try await work()
            self.state.withLock { $0.isUpkeepFailing = false }
            return result
        } catch let end as CancellationError {
            // The rest is done after the next start.
            throw end
        } catch {
            let now = self.time.now()
            let isFirst = self.state.withLock { state in
                defer { state.isUpkeepFailing = true }
                state.statistics.lastUpkeepError = "\(error)"
                state.statistics.lastUpkeepErrorAt = now
                return !state.isUpkeepFailing
            }
            if isFirst {
                self.logger.error(
                    "Metrics cannot be merged, rolled up or deleted; this is tried again.",
                    metadata: ["error": "\(error)"])
            }
            throw error
        }
    }

    /// Packs what the heads of a group hold.
    private func addBlock(
        of group: Int64, _ ids: ArraySlice<SeriesID>, to batch: inout SeriesBatch
    ) {
        let chunks = self.inParts(ids, of: 50) { $0.takeChunks(of: $1) }
        var days: [Int64: BlockEncoder] = [:]
        var rest = chunks[...]
        while let first = rest.first {
            let part = rest.prefix { $0.series == first.series }
            rest = rest[part.endIndex...]
            for (day, samples) in Day.split(Self.samples(of: part.map(\.closed))) {
                days[day, default: BlockEncoder()].add(first.series, samples)
            }
        }
        batch.chunks += chunks
        // A block a day, so that old samples that came late are not found in the way of new ones.
        for (day, encoder) in days.sorted(by: { $0.key < $1.key }) {
            let id = self.state.withLock { $0.takeBlockID() }
            batch.blocks.append(
                BlockRow(id: id, group: group, block: encoder.finish(level: Self.checkpointLevel)))
            batch.days.append((group, day))
        }
    }

    private static func samples(of chunks: [ClosedChunk]) -> [Sample] {
        var merge = SampleMerge(from: .min, to: .max)
        for closed in chunks {
            do {
                try merge.add(closed.chunk.bytes)
            } catch {
                preconditionFailure("a chunk that was just packed in memory is damaged: \(error)")
            }
        }
        return merge.sorted
    }

    private func hasUnwrittenHeads(_ ids: ArraySlice<SeriesID>) -> Bool {
        if self.state.withLock({ $0.statistics.tailBytes > 0 }) { return true }
        return !self.inParts(ids) { $0.unwritten(among: $1) }.isEmpty
    }

    func write(_ batch: SeriesBatch) async throws {
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

    /// Notes a damaged block that was skipped; every query meets it, but only the first tells.
    func noteDamagedBlock(id: Int64, _ error: any Error) {
        guard self.state.withLock({ $0.report(block: id) }) else { return }
        self.logDamage("block", id: id, error)
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
