/// One series of an answer.
public struct SeriesResult: Sendable, Hashable, Codable {
    /// The metric's name.
    public let name: String
    /// The labels.
    public let labels: Labels
    /// The points, oldest first, no two at the same instant.
    public let points: [SeriesPoint]

    /// The name and the labels.
    public var key: SeriesKey { SeriesKey(name: self.name, labels: self.labels) }

    /// Puts an answer together.
    public init(_ key: SeriesKey, points: [SeriesPoint]) {
        self.name = key.name
        self.labels = key.labels
        self.points = points
    }
}
