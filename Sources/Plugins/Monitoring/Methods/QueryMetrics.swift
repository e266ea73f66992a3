internal import OpsCore
internal import OpsJSONRPC

/// Reads samples: `metric.query`.
struct QueryMetrics: Method {
    static let name = "metric.query"
    static let summary = "Reads samples of the series that a selector matches, raw or condensed."
    static let effect = Effect.read
    static let columns = ["name", "labels", "points"]

    /// The series that have samples in the range.
    struct Result: Codable, Sendable {
        var items: [SeriesResult]
    }

    /// How the samples of a step become one number.
    enum Aggregate: String, Codable, CaseIterable, Sendable {
        case avg, min, max, sum, count, last, rate, quantile
    }

    @Param(
        "Which series.", .positional, .length(1...10_000),
        .example("check_duration_seconds{check=\"web\"}"))
    var select: String
    @Param(
        """
        The beginning of the range; last_ms before its end when left out, rounded down to a whole \
        step when steps are whole minutes.
        """)
    var from: Instant?
    @Param("The end of the range; now when left out.")
    var to: Instant?
    @Param("How long the range is when from is left out.", .range(1...3_153_600_000_000))
    var lastMs: Int = 3_600_000
    @Param("The length of a step; without it the samples come as they are.", .present(.atLeast(1)))
    var stepMs: Int?
    @Param(
        """
        How the samples of a step become one number. last, rate and quantile are made of the \
        samples themselves; the others also of the rollups that are kept longer.
        """)
    var aggregation: Aggregate = .avg
    @Param("How the series become one for each step; without it every series is answered.")
    var across: SeriesGrouping.Operation?
    @Param(
        "The labels whose values keep series apart when they become one; __name__ is the metric.",
        .example("[\"mode\"]"))
    var by: [String] = []
    @Param("Which quantile, for the aggregation quantile.", .present(.range(0...1)))
    var quantile: Double?
}
