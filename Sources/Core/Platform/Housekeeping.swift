internal import OpsJSONRPC

/// The core's own recurring work: what has outlived its retention goes.
struct Housekeeping: Sendable {
    private static let pieceSize = 5000

    private let store: Store
    private let series: Series
    private let time: any TimeSource
    private let memory: CallMemory?
    private let eventRetention: Duration
    private let auditRetention: Duration?

    init(_ platform: Platform) {
        store = platform.store
        series = platform.series
        time = platform.options.time
        memory = platform.dispatcher.memory
        eventRetention = .seconds(
            86_400 * platform.options.configuration.core.eventRetentionDays)
        auditRetention = platform.options.configuration.core.auditRetentionDays.map {
            .seconds(86_400 * $0)
        }
    }

    func start(_ schedule: Scheduler) async throws {
        try await schedule.every(.seconds(3600), name: "prune_events") { try await pruneEvents() }
        try await schedule.every(.seconds(3600), name: "prune_metrics") {
            _ = try await series.prune()
        }
        try await schedule.every(.seconds(3600), name: "prune_calls") {
            try await memory?.prune()
        }
        try await schedule.every(.seconds(3600), name: "prune_audit") { try await pruneAudit() }
    }

    /// In small pieces, because each keeps other writers waiting.
    func pruneAudit() async throws {
        guard let auditRetention else { return }
        let oldest = time.now() - auditRetention
        var count = 0
        repeat {
            count = try await store.writeUnaudited { transaction in
                try AuditPruning.prune(olderThan: oldest, limit: 5000, transaction)
            }
        } while count > 0
    }

    /// Takes the oldest events away, in pieces that keep nobody waiting for long.
    ///
    /// What goes is a beginning of the log, never a hole in it, whatever the wall clock did: a
    /// reader can be told from which sequence number on it is whole.
    func pruneEvents() async throws {
        let oldest = time.now() - eventRetention
        var removed = Self.pieceSize
        while removed == Self.pieceSize {
            removed = try await store.writeUnaudited { transaction in
                try transaction.execute(
                    """
                    DELETE FROM event WHERE seq IN (
                        SELECT seq FROM event WHERE seq < coalesce(
                            (SELECT seq FROM event WHERE at >= ? ORDER BY seq LIMIT 1),
                            (SELECT max(seq) + 1 FROM event))
                        ORDER BY seq LIMIT ?)
                    """, oldest, Self.pieceSize)
            }
        }
    }
}
