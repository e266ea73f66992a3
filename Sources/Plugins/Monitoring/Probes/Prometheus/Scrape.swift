internal import OpsJSONRPC

/// The samples of one scrape, to be stored as they are.
struct Scrape: Sendable, Equatable {
    /// One sample.
    struct Sample: Sendable, Equatable {
        var series: ScrapedSeries
        var value: Double
        /// Milliseconds since 1970, where the exposition says when the value was so.
        var timestamp: Int64?
    }

    /// When the scrape began, which is when its samples were so.
    var at: Instant
    var samples: [Sample] = []
}
