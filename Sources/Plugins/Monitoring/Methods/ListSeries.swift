internal import OpsCore

/// Lists series: `metric.series`.
struct ListSeries: Method {
    static let name = "metric.series"
    static let summary = "Lists the series that a selector matches."
    static let effect = Effect.read
    static let columns = ["name", "labels"]
    typealias Result = Page<SeriesKey>

    @Param("Which series; all when left out.", .positional)
    var select: String?
    @Param("How many series to answer at most.", .range(1...10_000))
    var limit: Int = 1000
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
