public import OpsJSONRPC

/// What the series store has done since it was opened, and what it holds in memory.
public struct SeriesStatistics: Sendable, Hashable, Codable {
    /// Series that have at least one sample.
    public var series = 0
    /// Samples that were taken.
    public var samplesAppended = 0
    /// Samples that were refused: the store was not open, or the number of series at its limit.
    public var samplesRefused = 0
    /// Samples that lay further behind the newest of their series than the settings allow.
    public var samplesTooLate = 0
    /// Samples that were given up because the store kept failing and memory is bounded.
    public var samplesDropped = 0
    /// Samples that were read back from the tail when the store was opened.
    public var samplesRecovered = 0
    /// Samples that no commit holds yet.
    public var samplesPending = 0
    /// Bytes of the rows that wait for a commit.
    public var pendingBytes = 0
    /// Bytes of the tail in the store, moved to blocks by the next checkpoint.
    public var tailBytes = 0
    /// Blocks that checkpoints have written.
    public var blocksWritten = 0
    /// Bytes of these blocks.
    public var blockBytesWritten = 0
    /// Days of groups of series that were rolled up.
    public var daysRolledUp = 0
    /// Bytes of these rollups.
    public var rollupBytesWritten = 0
    /// Samples that retention has deleted.
    public var samplesPruned = 0
    /// Damaged blocks, rollups, rows of the tail and groups of series that were met and skipped.
    public var damaged = 0
    /// When something was last committed.
    public var lastFlushAt: Instant?
    /// When the tail was last moved to blocks.
    public var lastCheckpointAt: Instant?
    /// When everything that was due was last rolled up.
    public var lastRollupAt: Instant?
    /// When everything that was too old was last deleted.
    public var lastPruneAt: Instant?
    /// When merging, rolling up or deleting last failed.
    public var lastUpkeepErrorAt: Instant?
    /// Why it failed; stays after it has worked again.
    public var lastUpkeepError: String?
    /// When writing last failed.
    public var lastErrorAt: Instant?
    /// Why it failed; stays after the store has recovered.
    public var lastError: String?

    /// Makes the statistics of a store that has done nothing.
    public init() {}
}
