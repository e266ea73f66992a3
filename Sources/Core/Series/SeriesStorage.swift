/// What the series store occupies in the database.
public struct SeriesStorage: Sendable, Hashable, Codable {
    /// The series.
    public let series: Int
    /// The chunks.
    public let chunks: Int
    /// The samples in the chunks.
    public let samples: Int
    /// The bytes of the chunks.
    public let chunkBytes: Int
    /// The rows of the tail.
    public let tailRows: Int
    /// The bytes of the tail.
    public let tailBytes: Int
}
