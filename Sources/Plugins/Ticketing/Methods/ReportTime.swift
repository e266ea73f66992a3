internal import OpsCore
internal import OpsJSONRPC

/// Adds up the time worked: `ticket.time`.
struct ReportTime: Method {
    static let name = "ticket.time"
    static let summary = "Adds up the time worked on tickets, person by person."
    static let effect = Effect.read
    static let columns = ["person", "work_ms", "lines", "tickets"]
    typealias Result = TimeReport

    @Param("From when on; the last 30 days when left out.")
    var from: Instant?
    @Param("Until when; now when left out.")
    var to: Instant?
    @Param("Only of this ticket, by key or ref.")
    var ticket: String?
    @Param("How many people to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// The time that was worked in a time, by person.
struct TimeReport: Codable, Sendable {
    /// What one person did.
    struct Line: Codable, Sendable {
        /// The author of the lines in the timelines.
        var person: String
        var workMs: Int
        /// How many lines say it.
        var lines: Int
        var tickets: Int
    }

    var from: Instant
    var to: Instant
    /// Of all people, those on other pages too.
    var totalMs: Int
    var items: [Line]
    var nextCursor: String?
}
