/// How several series of an answer become one.
public struct SeriesGrouping: Sendable, Hashable {
    /// How the values of one step become one.
    public enum Operation: String, Sendable, Hashable, CaseIterable, Codable {
        /// The mean of the series that have a value in the step.
        case avg
        /// The smallest.
        case min
        /// The largest.
        case max
        /// The sum.
        case sum
        /// How many series have a value in the step.
        case count
    }

    /// The labels whose values tell the groups apart; none puts everything into one group.
    public var labels: [String]
    /// How the values of one step become one.
    public var operation: Operation

    /// Puts a grouping together.
    public init(by labels: [String] = [], _ operation: Operation) {
        self.labels = labels
        self.operation = operation
    }
}
