internal import OpsCore
internal import OpsJSONRPC

/// Lists checks: `check.list`.
struct ListChecks: Method {
    static let name = "check.list"
    static let summary = "Lists checks with their states, by name or the worst first."
    static let effect = Effect.read
    static let columns = [
        "name", "type", "state", "state_type", "attempt", "last_check_at", "output",
    ]
    typealias Result = Page<Check>

    /// The order of the list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case name, worst
    }

    @Param("Only checks in this state.")
    var state: CheckState?
    @Param("Only checks of this type.")
    var type: String?
    @Param(
        "Only checks with these labels: \(LabelSelector.forms).",
        .example("site=ulm"))
    var label: String?
    @Param("Only checks whose names begin so.")
    var name: String?
    @Param("Only checks that flap, or only those that do not.")
    var flapping: Bool?
    @Param("Only checks that can be reached, or only those behind something that is down.")
    var reachable: Bool?
    @Param("Only checks whose state people were not told, or only those of which they know.")
    var suppressed: Bool?
    @Param("The order: by name, or the worst state first.")
    var sort: Order = .name
    @Param("How many checks to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
