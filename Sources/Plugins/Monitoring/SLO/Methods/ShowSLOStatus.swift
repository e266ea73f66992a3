internal import OpsCore

/// Says how SLOs stand: `slo.status`.
struct ShowSLOStatus: Method {
    static let name = "slo.status"
    static let summary = "Says what is left of the error budgets and how fast they burn."
    static let effect = Effect.read
    static let columns = [
        "name", "state", "objective", "compliance", "budget_left_percent", "budget_left_minutes",
    ]
    typealias Result = Page<SLOStatus>

    /// The order of the list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case name, worst
    }

    @Param("Only this SLO, by ref or name; all when left out.", .positional)
    var slo: String?
    @Param("Only SLOs in this state.")
    var state: SLOStatus.State?
    @Param("The order: by name, or the least budget first.")
    var sort: Order = .worst
    @Param("How many SLOs to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
