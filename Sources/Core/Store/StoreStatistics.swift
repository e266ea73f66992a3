public import OpsJSONRPC

/// What the store has done since it was opened.
public struct StoreStatistics: Sendable, Hashable, Codable {
    /// Transactions that were committed.
    public var commits = 0
    /// Pieces of work that were committed; several share one commit when they wait together.
    public var writes = 0
    /// Pieces of work that failed and left nothing behind.
    public var rollbacks = 0
    /// Transactions that failed as a whole, with every piece in them.
    public var failedCommits = 0
    /// The most pieces that shared one commit.
    public var largestBatch = 0
    /// Pieces of work that wait for the writer now.
    public var queueLength = 0
    /// When the last commit succeeded.
    public var lastCommitAt: Instant?
    /// When a transaction last failed as a whole.
    public var lastErrorAt: Instant?
    /// Why it failed.
    public var lastError: String?

    /// Creates statistics of a store that has done nothing.
    public init() {}
}
