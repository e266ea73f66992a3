/// What became too old and was deleted.
public struct PruneResult: Sendable, Hashable, Codable {
    /// Deleted blocks.
    public internal(set) var blocks = 0
    /// The samples in them.
    public internal(set) var samples = 0
    /// Series that had no sample left.
    public internal(set) var series = 0
}
