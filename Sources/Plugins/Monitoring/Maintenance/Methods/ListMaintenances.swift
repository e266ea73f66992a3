internal import OpsCore

/// Lists maintenances: `maintenance.list`.
struct ListMaintenances: Method {
    static let name = "maintenance.list"
    static let summary = "Lists maintenances, by name or those that run and come next first."
    static let effect = Effect.read
    static let columns = ["name", "state", "active_until", "next_starts_at", "select", "comment"]
    typealias Result = Page<Maintenance>

    /// The order of the list.
    enum Order: String, Codable, CaseIterable, Sendable {
        case name, next
    }

    @Param("Only maintenances in this state.")
    var state: Maintenance.State?
    @Param("Only maintenances that are about this check, by ref or name.")
    var check: String?
    @Param("The order: by name, or what runs and comes next first.")
    var sort: Order = .next
    @Param("How many maintenances to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}
