internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// The hours that a clock counts.
enum WorkHours: Sendable {
    /// Every hour of every day.
    case always
    /// Those of a calendar.
    case business(BusinessCalendar)

    /// How much of a stretch counts, in milliseconds.
    func workMs(from start: Instant, to end: Instant) -> Int {
        switch self {
        case .always: Int(max(end.milliseconds - start.milliseconds, 0))
        case .business(let calendar): Int(calendar.work(from: start, to: end).milliseconds)
        }
    }

    /// When so many milliseconds have been counted; nil where nobody ever works.
    func instant(afterMs work: Int, of start: Instant) -> Instant? {
        switch self {
        case .always: start + .milliseconds(work)
        case .business(let calendar): calendar.instant(after: .milliseconds(work), of: start)
        }
    }
}
