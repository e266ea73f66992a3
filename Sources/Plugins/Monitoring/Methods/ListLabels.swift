internal import OpsCore

/// Lists labels: `metric.labels`.
struct ListLabels: Method {
    static let name = "metric.labels"
    static let summary = "Lists the names of all labels, or the values of one."
    static let effect = Effect.read

    /// Names or values, sorted.
    struct Result: Codable, Sendable {
        var items: [String]
    }

    @Param("The label whose values to list; __name__ has the metrics' names.", .positional)
    var label: String?
}
