/// What became too old and was deleted.
public struct PruneResult: Sendable, Hashable, Codable {
    /// Deleted chunks.
    public internal(set) var chunks = 0
    /// The samples in them.
    public internal(set) var samples = 0
    /// Series that had no sample left.
    public internal(set) var series = 0
}
