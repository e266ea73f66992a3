/// What the series store occupies in the database.
public struct SeriesStorage: Sendable, Hashable, Codable {
    /// The series.
    public let series: Int
    /// The blocks.
    public let blocks: Int
    /// The samples in the blocks.
    public let samples: Int
    /// The bytes of the blocks.
    public let blockBytes: Int
    /// The rollups: one for each length and day of a group of series.
    public let rollups: Int
    /// The bytes of the rollups.
    public let rollupBytes: Int
    /// The rows of the tail.
    public let tailRows: Int
    /// The bytes of the tail.
    public let tailBytes: Int
}
