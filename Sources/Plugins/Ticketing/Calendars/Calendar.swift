internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// When somebody works: what clocks count by.
struct Calendar: Record {
    static let kind = RecordKind("calendar", called: "calendar")

    var ref: Ref
    var name: String
    var description: String
    /// Where the clocks on the wall hang, such as `Europe/Berlin`.
    var timeZone: String
    /// The hours of each weekday, `mon` to `sun`; a day that is missing is a day off.
    var week: [String: [String]]
    /// The hours of dates that are not like their weekday; an empty list is a day off.
    var days: [String: [String]]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension Calendar {
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// What is counted by; may read the zone's file, so not on the loop.
    ///
    /// - Throws: `invalid_params` that names the member, the day and the stretch.
    func hours() throws(RPCError) -> BusinessCalendar {
        let zone: TimeZone
        do {
            zone = try ZoneBook.zone(named: timeZone)
        } catch {
            throw .badMember("time_zone", error.reason)
        }
        if let other = week.keys.sorted().first(where: { !Self.weekdays.contains($0) }) {
            throw .badMember(
                "week.\(other)", "is no day; \(Self.weekdays.joined(separator: ", ")) are")
        }
        var ofWeek: [[BusinessHours]] = []
        for day in Self.weekdays { ofWeek.append(try Self.hours(week[day] ?? [], "week.\(day)")) }
        var ofDays: [String: [BusinessHours]] = [:]
        for (day, texts) in days { ofDays[day] = try Self.hours(texts, "days.\(day)") }
        do {
            return try BusinessCalendar(zone: zone, week: ofWeek, days: ofDays)
        } catch {
            // Stretches that overlap are found day by day above; what is left is a date that is none.
            throw .badMember("days.\(error.part)", error.reason)
        }
    }

    private static func hours(
        _ texts: [String], _ path: String
    ) throws(RPCError) -> [BusinessHours] {
        var hours: [BusinessHours] = []
        for (index, text) in texts.enumerated() {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count == 2 else {
                throw .badMember("\(path)[\(index)]", "must be hours such as 09:00-17:00")
            }
            do {
                hours.append(try BusinessHours(ends[0], ends[1]))
            } catch {
                throw .badMember("\(path)[\(index)]", error.reason)
            }
        }
        let inOrder = hours.sorted { $0.start < $1.start }
        for (earlier, later) in zip(inOrder, inOrder.dropFirst()) where later.start < earlier.end {
            throw .badMember(path, "\(earlier) and \(later) overlap")
        }
        return hours
    }

    /// Reads a row of `ticketing_calendar`.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        timeZone = try row.text("time_zone")
        week = try row.json("week").decode([String: [String]].self)
        days = try row.json("days").decode([String: [String]].self)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

extension Calendar {
    var text: String { description }

    func columns(in tx: ReadTransaction) throws -> KeyValuePairs<String, (any SQLConvertible)?> {
        [
            "description": description, "time_zone": timeZone, "week": try JSON(encoding: week),
            "days": try JSON(encoding: days),
        ]
    }

    func check(in tx: ReadTransaction) throws { _ = try hours() }

    /// Where the hours changed, the clocks that count by them are computed anew in the same
    /// transaction, so that nobody sees the one without the other.
    func follow(_ old: Calendar?, in tx: WriteTransaction) throws {
        guard let old, !countsLike(old) else { return }
        try TicketClocks.recompute(self, .business(hours()), in: tx)
    }

    /// Whether it has the hours of what it was, or will be.
    func countsLike(_ other: Calendar) -> Bool {
        (timeZone, week, days) == (other.timeZone, other.week, other.days)
    }

    func refuseUsed(in tx: ReadTransaction) throws {
        if let sla = try SLA.all(in: tx).first(where: { $0.counts(by: ref) }) {
            throw RPCError.conflict(
                "The SLA \"\(sla.name)\" counts by \"\(name)\".",
                hint: "Give it another calendar with sla.update.")
        }
        if let clock = try ClockWriter.open(by: id, limit: 1, in: tx).first {
            throw RPCError.conflict(
                "\(clock.ticket) has a clock that counts or has counted by \"\(name)\".",
                hint: "sla.recompute takes the ticket to the SLA that holds for it now.")
        }
    }
}

/// A calendar, and whether it is open, as `calendar.get` answers.
struct CalendarPage: Codable, Sendable {
    var calendar: Calendar
    /// Whether it is open at this moment.
    var isOpen: Bool
    /// When it closes, or else opens; absent when it never does.
    var changesAt: Instant?

    init(_ calendar: Calendar, at now: Instant) throws {
        let opening = try calendar.hours().opening(at: now)
        self.calendar = calendar
        isOpen = opening?.contains(now) ?? false
        changesAt = isOpen ? opening?.upperBound : opening?.lowerBound
    }
}
