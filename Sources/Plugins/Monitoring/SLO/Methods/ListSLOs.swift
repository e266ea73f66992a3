internal import OpsCore

/// Lists SLOs: `slo.list`.
struct ListSLOs: Method {
    static let name = "slo.list"
    static let summary = "Lists SLOs by name."
    static let effect = Effect.read
    static let columns = ["name", "state", "objective", "period_days", "comment"]
    typealias Result = Page<SLO>

    @Param("Only SLOs in this state.")
    var state: SLOStatus.State?
    @Param("Only SLOs whose names begin so.")
    var name: String?
    @Param("How many SLOs to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
