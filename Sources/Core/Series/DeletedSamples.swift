/// What a deletion takes away, or would take.
public struct DeletedSamples: Sendable, Hashable, Codable {
    /// The series that have samples in the range.
    public internal(set) var series = 0
    /// Their samples in the range.
    public internal(set) var samples = 0
}
