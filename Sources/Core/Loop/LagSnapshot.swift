/// How late a loop was during the last minute, in milliseconds.
public struct LagSnapshot: Sendable, Equatable {
    /// Half of the time the loop was at most this late.
    public var p50Ms: Double
    /// In 99 of 100 cases the loop was at most this late.
    public var p99Ms: Double
    /// The latest that the loop was.
    public var maxMs: Double
    /// How many measurements that is; 0 means that there is nothing to say yet.
    public var samples: Int
}
