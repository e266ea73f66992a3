internal import OpsCore
internal import OpsJSONRPC

/// What a clock is held to: the target of an SLA as it was when the clock took it over.
struct ClockTerms: Codable, Sendable, Equatable {
    /// The number and the name of the SLA.
    var sla: Int
    var slaName: String
    var targetMs: Int
    /// The calendar that it counts by and the generation of it; nil means all hours.
    var calendar: Int?
    var calendarGeneration: Int?
    /// After how much of the target there is a warning, in percent; none with 100.
    var warnPct: Int
    /// In which states the clock stands still.
    var pauseOn: [TicketState]
}
