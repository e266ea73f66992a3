internal import OpsCore
internal import OpsJSONRPC

/// Takes samples of any age: `metric.import`.
struct ImportMetrics: Method {
    static let name = "metric.import"
    static let summary =
        "Takes samples of any age within the retention, such as metric.query answers."
    static let effect = Effect.write

    /// What was taken.
    struct Result: Codable, Sendable {
        var series: Int
        var samples: Int
    }

    @Param("The series, each with name, labels and points: pairs of milliseconds and value.")
    var items: [SeriesResult]
}
