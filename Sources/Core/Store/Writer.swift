import GRDB
import Logging
import OpsJSONRPC

/// The one writer: it takes everything that is waiting and commits it in one transaction.
///
/// A commit costs a sync of the disk, whatever is in it. While one is under way the next pieces
/// gather, so the busier the store, the more of them share a sync.
final class Writer: Sendable {
    private struct State {
        var waiting: [WritePiece] = []
        var isScheduled = false
        var isClosed = false
        var onIdle: [@Sendable () -> Void] = []
        var commitListener: (@Sendable ([Event]) -> Void)?
        var lastEventSequence: Int64 = 0
        var statistics = StoreStatistics()
    }

    private let state = Guarded(State())
    /// Changed on the writer's queue only; the lock is for the compiler and never contended.
    private let sequences = Guarded(Sequences())
    private let auditChain = Guarded(AuditChain())
    private let prepared = StatementCache()
    private let pool: DatabasePool
    private let time: any TimeSource
    private let logger: Logger
    private let fault: StatementFault?

    init(_ pool: DatabasePool, time: any TimeSource, logger: Logger, fault: StatementFault?) {
        self.pool = pool
        self.time = time
        self.logger = logger
        self.fault = fault
    }

    var statistics: StoreStatistics {
        state.withLock {
            var statistics = $0.statistics
            statistics.queueLength = $0.waiting.count
            return statistics
        }
    }

    var lastEventSequence: Int64 { state.withLock { $0.lastEventSequence } }

    /// Takes over where the last process left off.
    func resume(afterEvent sequence: Int64) {
        state.withLock { $0.lastEventSequence = sequence }
    }

    func setCommitListener(_ listener: @escaping @Sendable ([Event]) -> Void) {
        state.withLock { $0.commitListener = listener }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Queues a piece of work; its caller is told when it is committed or has failed.
    func submit(_ piece: WritePiece) {
        let (isAccepted, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.waiting.append(piece)
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if !isAccepted { piece.fail(StoreError.closed(path: pool.path)) }
        if isFirst { schedule() }
    }

    /// Accepts no more work and calls back once everything that was accepted is answered.
    func close(_ onIdle: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            state.isClosed = true
            if state.isScheduled { state.onIdle.append(onIdle) }
            return !state.isScheduled
        }
        if isIdle { onIdle() }
    }

    // MARK: - On the writer's queue

    /// Lets go of what keeps the connection from being closed.
    func releaseConnection() { prepared.removeAll() }

    private func schedule() {
        pool.asyncWriteWithoutTransaction { self.drain($0) }
    }

    /// Commits one batch, and comes back for the next by the queue's end, so that whoever else
    /// needs the writer's connection gets his turn.
    private func drain(_ database: Database) {
        let pieces = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        commit(pieces, on: database)
        let (isDone, onIdle) = state.withLock { state in
            guard state.waiting.isEmpty else { return (false, [] as [@Sendable () -> Void]) }
            state.isScheduled = false
            defer { state.onIdle = [] }
            return (true, state.onIdle)
        }
        if isDone { onIdle.forEach { $0() } } else { schedule() }
    }

    private func commit(_ pieces: [WritePiece], on database: Database) {
        let statements = Statements(
            database: database, path: pool.path, fault: fault, canChange: true, prepared: prepared)
        var batch = WriteBatch(
            pieces, on: statements, time: time, sequences: sequences.withLock { $0 },
            auditChain: auditChain.withLock { $0 })
        switch batch.run() {
        case .committed: finish(batch)
        case .nothingToCommit:
            count { $0.rollbacks += batch.failed.count }
            for (_, answer) in batch.rehearsed { answer() }
        case .failed(let error): fail(batch, error)
        }
        for (piece, error) in batch.failed { piece.fail(error) }
    }

    /// Commit first, announce next, answer last: whoever gets an answer can rely on listeners
    /// having been told, and no listener hears of what may still be lost.
    private func finish(_ batch: WriteBatch) {
        sequences.withLock { $0 = batch.sequences }
        auditChain.withLock { $0 = batch.auditChain }
        let now = time.now()
        count {
            $0.commits += 1
            $0.writes += batch.succeeded.count
            $0.rollbacks += batch.failed.count
            $0.largestBatch = max($0.largestBatch, batch.succeeded.count)
            $0.lastCommitAt = now
        }
        deliver(batch.events)
        for (_, answer) in batch.succeeded + batch.rehearsed { answer() }
    }

    private func deliver(_ events: [Event]) {
        guard let last = events.last else { return }
        let listener = state.withLock { state in
            state.lastEventSequence = last.seq
            return state.commitListener
        }
        listener?(events)
    }

    private func fail(_ batch: WriteBatch, _ error: any Error) {
        logger.error("A commit failed", metadata: ["error": "\(error)"])
        let now = time.now()
        count {
            $0.failedCommits += 1
            $0.rollbacks += batch.succeeded.count + batch.failed.count
            $0.lastErrorAt = now
            $0.lastError = "\(error)"
        }
        // A rehearsal may have seen what is not there now.
        for (piece, _) in batch.succeeded + batch.rehearsed { piece.fail(error) }
        state.withLock { $0.waiting.insert(contentsOf: batch.notBegun, at: 0) }
    }

    private func count(_ change: (inout StoreStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }
}
