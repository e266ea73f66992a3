internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// When a maintenance has its windows: values in, values out, no clock.
///
/// A window is as long as its duration says, also over a change of the clocks. Windows that
/// overlap follow each other without an end in between.
enum MaintenanceTimes: Sendable {
    case once(MaintenanceWindow)
    case recurring(Recurrence, Duration)

    /// The window in which an instant lies; of several, the one that began last.
    func window(at instant: Instant) -> MaintenanceWindow? {
        switch self {
        case .once(let window): return window.contains(instant) ? window : nil
        case .recurring(let recurrence, let length):
            return recurrence.last(after: instant - length, until: instant).map {
                MaintenanceWindow(startsAt: $0, endsAt: $0 + length)
            }
        }
    }

    /// The next windows' starts, in order.
    func starts(after instant: Instant, limit: Int) -> [Instant] {
        switch self {
        case .once(let window): return window.startsAt > instant ? [window.startsAt] : []
        case .recurring(let recurrence, _):
            return recurrence.occurrences(from: instant + .milliseconds(1), limit: limit)
        }
    }
}

extension MaintenanceTimes {
    /// What holds at an instant, and until when.
    struct Outlook: Sendable, Equatable {
        var window: MaintenanceWindow?
        /// When it may be otherwise; nil for never again.
        var changesAt: Instant?
    }

    func outlook(at instant: Instant) -> Outlook {
        let window = window(at: instant)
        let next = starts(after: instant, limit: 1).first
        let changes = [window?.endsAt, next].compactMap { $0 }
        return Outlook(window: window, changesAt: changes.min())
    }
}

extension MaintenanceWindow {
    /// What has to be announced when one window was known to run and now another one does.
    ///
    /// A window that begins before the known one ends goes on with it.
    static func news(
        known: MaintenanceWindow?, now: MaintenanceWindow?
    ) -> (ended: MaintenanceWindow?, started: MaintenanceWindow?) {
        guard let known else { return (nil, now) }
        guard let now else { return (known, nil) }
        let goesOn = now.startsAt <= known.endsAt && known.startsAt <= now.endsAt
        return goesOn ? (nil, nil) : (known, now)
    }
}
