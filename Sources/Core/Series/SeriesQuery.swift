public import OpsJSONRPC

/// What to read: which series, which range, and how condensed.
public struct SeriesQuery: Sendable, Hashable {
    /// What the series have to fulfil, all of it; none stands for every series.
    public var matchers: [LabelMatcher]
    /// The oldest instant of interest, included.
    public var from: Instant
    /// The newest instant of interest, included.
    public var to: Instant
    /// The length of a bucket, the first of which starts at `from`; nil for the samples themselves.
    public var step: Duration?
    /// How the samples of a bucket become one number.
    public var aggregation: Aggregation
    /// How series become one, which needs a step; nil leaves every series as it is.
    public var grouping: SeriesGrouping?

    /// Puts a query together; it is checked when it runs.
    public init(
        matchers: [LabelMatcher], from: Instant, to: Instant, step: Duration? = nil,
        aggregation: Aggregation = .avg, grouping: SeriesGrouping? = nil
    ) {
        self.matchers = matchers
        self.from = from
        self.to = to
        self.step = step
        self.aggregation = aggregation
        self.grouping = grouping
    }
}
