internal import OpsCore
internal import OpsJSONRPC

/// A change of the hours of a calendar.
struct HoursChange: Sendable {
    /// The calendar's number, and its generation since then.
    var calendar: Int
    var generation: Int
    var at: Instant
    var before: WorkHours
    var after: WorkHours

    /// What became of the hours that a clock has counted by, from an instant on, in order.
    static func all(
        for clock: Clock, from start: Instant, in tx: ReadTransaction
    ) throws -> [HoursChange] {
        // What was counted by a calendar that is gone can only stay as it was counted.
        let calendars = try Set(clock.segments.compactMap(\.calendar)).sorted().compactMap {
            try Calendar.load($0, in: tx)
        }
        return try calendars.flatMap { try all(of: $0, from: start, in: tx) }
            .sorted { $0.at < $1.at }
    }

    private static func all(
        of calendar: Calendar, from start: Instant, in tx: ReadTransaction
    ) throws -> [HoursChange] {
        let rows = try tx.rows(
            """
            SELECT at, before, after FROM audit
            WHERE ref = ? AND action = 'calendar.updated' AND at >= ? ORDER BY seq
            """, calendar.ref, start)
        let known = try rows.compactMap { row -> HoursChange? in
            let old = try row.json("before").decode(Calendar.self)
            let new = try row.json("after").decode(Calendar.self)
            guard !new.countsLike(old) else { return nil }
            return try HoursChange(to: new, from: old, at: row.instant("at"))
        }
        // Of what the audit log has forgotten only the outcome is known, and when the calendar was changed
        // last, be it by its name.
        let oldest = try rows.first?.json("before").decode(Calendar.self) ?? calendar
        guard oldest.updatedAt >= start else { return known }
        return [try HoursChange(to: oldest, from: oldest, at: oldest.updatedAt)] + known
    }

    private init(to new: Calendar, from old: Calendar, at instant: Instant) throws {
        calendar = new.id
        generation = new.generation
        at = instant
        before = .business(try old.hours())
        after = .business(try new.hours())
    }
}
