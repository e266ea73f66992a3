internal import OpsJSONRPC

/// What somebody asked for: which checks, and when.
struct MaintenanceDefinition: Sendable, Equatable {
    var name: String
    var comment: String
    /// Which checks, by their labels; empty for no such condition.
    var select: String
    /// Only this check and what is behind it.
    var root: Int?
    var startsAt: Instant
    /// The length of one window.
    var durationMs: Int
    /// The rule by which windows come again; empty for a single one.
    var rrule: String
    var timeZone: String
    var exdates: [Instant]
    var rdates: [Instant]
}
