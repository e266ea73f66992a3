/// What became too old and was deleted.
public struct PruneResult: Sendable, Hashable, Codable {
    /// Deleted blocks, those that were written anew without some of their samples included.
    public internal(set) var blocks = 0
    /// The samples in them.
    public internal(set) var samples = 0
    /// Deleted rollups of days, those that were written anew without some of their series included.
    public internal(set) var rollups = 0
    /// Series that had nothing left.
    public internal(set) var series = 0
}
