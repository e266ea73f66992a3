internal import OpsCore
internal import OpsJSONRPC

/// The hours of calendars, each read once in a transaction: clocks come in thousands, calendars do not.
final class HoursBook {
    private let tx: ReadTransaction
    private var known: [Int: WorkHours] = [:]

    init(_ tx: ReadTransaction) { self.tx = tx }

    /// The hours of a calendar; all hours without one.
    func hours(of calendar: Int?) throws -> WorkHours {
        // None is deleted while an open clock counts by it, and what has ended is counted again only
        // where there still is one.
        try hoursThatAre(of: calendar) ?? .always
    }

    /// The hours of a calendar, all hours without one; nil for one that was deleted.
    func hoursThatAre(of calendar: Int?) throws -> WorkHours? {
        guard let calendar else { return .always }
        if let hours = known[calendar] { return hours }
        let hours = try Calendar.load(calendar, in: tx).map {
            WorkHours.business(try $0.hours())
        }
        known[calendar] = hours
        return hours
    }

    /// The hours of a clock.
    func hours(of clock: Clock) throws -> WorkHours { try hours(of: clock.terms.calendar) }
}
