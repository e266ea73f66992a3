/// A piece of the event log.
struct EventPage: Sendable {
    /// The wanted events, oldest first.
    var items: [Event]
    /// Where to read on: past everything that was looked at, wanted or not.
    var next: Int64
    /// The oldest sequence number that is kept; that of the next event when none is.
    var firstKept: Int64
    /// Whether the log held no more when it was read.
    var isLast: Bool
}
