internal import OpsCore
internal import OpsJSONRPC

/// Deletes samples: `metric.delete`.
struct DeleteMetrics: Method {
    static let name = "metric.delete"
    static let summary = "Deletes the samples of a range, and series that have none left."
    static let effect = Effect.destroy
    typealias Result = DeletedSamples

    @Param(
        "Which series.", .positional, .length(1...10_000),
        .example("check_duration_seconds{check=\"web\"}"))
    var select: String
    @Param("The beginning of the range; the oldest sample when left out.")
    var from: Instant?
    @Param("The end of the range, included; now when left out.")
    var to: Instant?
}
