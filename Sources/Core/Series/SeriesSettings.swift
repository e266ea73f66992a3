/// The limits and intervals of the series store.
public struct SeriesSettings: Sendable, Hashable {
    /// How long samples are kept; they are deleted a day of UTC at a time, once all of it is older.
    public var retention: Duration = .seconds(30 * 86_400)
    /// How long rollups of a minute are kept; at least as long as the samples.
    public var minuteRetention: Duration = .seconds(90 * 86_400)
    /// How long rollups of an hour are kept; at least as long as those of a minute.
    public var hourRetention: Duration = .seconds(730 * 86_400)
    /// Which series are kept for other times; the first rule that matches a series counts.
    public var retentionRules: [RetentionRule] = []
    /// How far a sample may lie behind the newest one of its series; nil takes any.
    ///
    /// What is imported may have any age. Without a bound a clock that was ahead for a while costs
    /// no sample once it is right again.
    public var lateWindow: Duration?
    /// The most series there may be; further ones are refused.
    public var maxSeries = 1_000_000
    /// The most bytes that a series' name and labels may have together.
    public var maxKeyBytes = 8192
    /// How often what was appended is committed and synced; a crash loses at most this much.
    public var flushInterval: Duration = .seconds(1)
    /// How long samples stay in the tail before they are moved to chunks.
    public var checkpointInterval: Duration = .seconds(3600)
    /// How large the tail may grow before it is moved to chunks.
    public var checkpointBytes = 16 << 20
    /// How much may wait for a store that fails before it is left to the next checkpoint.
    public var maxPendingBytes = 64 << 20
    /// How much packed data may stay in memory when checkpoints fail; then the oldest is dropped.
    public var maxHeadBytes = 256 << 20
    /// The most series that one query may touch.
    public var maxQuerySeries = 20_000
    /// The most points that one query may answer.
    public var maxQueryPoints = 5_000_000

    /// Makes the default settings.
    public init() {}
}
