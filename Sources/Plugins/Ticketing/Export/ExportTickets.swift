internal import OpsCore
internal import OpsJSONRPC

/// Writes tickets as a file: `ticket.export`.
struct ExportTickets: Method {
    /// What the file is.
    enum Format: String, Codable, CaseIterable, Sendable {
        case csv, jsonl
    }

    static let name = "ticket.export"
    static let summary = "Writes tickets as CSV, safe to open in a spreadsheet, or as JSON lines."
    static let effect = Effect.read
    typealias Result = ExportedTickets

    @Param("What to write.")
    var format: Format = .csv
    @Param("Only tickets of this kind.")
    var kind: TicketKind?
    @Param("Only tickets in this state.")
    var state: TicketState?
    @Param("Only tickets that are open, or only those that are not.")
    var open: Bool?
    @Param("Only tickets of this queue, by ref or name.")
    var queue: String?
    @Param("Only tickets of this assignee.")
    var assignee: String?
    @Param("Only tickets of this requester.")
    var requester: String?
    @Param("How many tickets to write at most.", .range(1...10_000))
    var limit: Int = 1000
    @Param("Where to go on: next_cursor of the file before.")
    var cursor: String?

    /// The list that the file is of, the newest first.
    var list: ListTickets {
        var list = ListTickets()
        list.kind = kind
        list.state = state
        list.open = open
        list.queue = queue
        list.assignee = assignee
        list.requester = requester
        list.limit = limit
        list.cursor = cursor
        return list
    }
}

/// A file of tickets.
struct ExportedTickets: Codable, Sendable {
    var format: ExportTickets.Format
    /// The file's content.
    var text: String
    /// How many tickets it has.
    var count: Int
    /// What to give as `cursor` for the next file; absent after the last.
    var nextCursor: String?
}
