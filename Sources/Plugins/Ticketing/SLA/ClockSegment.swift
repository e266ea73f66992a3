internal import OpsCore
internal import OpsJSONRPC

/// A stretch of a clock's life in which it counted, or stood still.
struct ClockSegment: Codable, Sendable, Equatable {
    var from: Instant
    /// Nil while it goes on.
    var to: Instant?
    /// Whether the clock counted.
    var counts: Bool
    /// Why it began.
    var reason: String
    /// What was counted of it, once it has ended.
    var workMs: Int
    /// The calendar that it was counted by; nil means all hours.
    var calendar: Int?
    var calendarGeneration: Int?
}
