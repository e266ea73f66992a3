internal import OpsCalendar
internal import OpsCore

/// The time zones that were asked for, each read once: a clock that starts must not wait for a file,
/// nor fail while the system's zones are being replaced.
///
/// What another release of the zones says is known after the next start.
enum ZoneBook {
    private static let known = Guarded<[String: TimeZone]>([:])

    /// A zone by its name; reads the file the first time, so not on the loop.
    ///
    /// - Throws: A ``CalendarError`` when there is no zone of that name on this machine.
    static func zone(named name: String) throws(CalendarError) -> TimeZone {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let zone = try TimeZone(named: name)
        known.withLock { $0[name] = zone }
        return zone
    }
}
