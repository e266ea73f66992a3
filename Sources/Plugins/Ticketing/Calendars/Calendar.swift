internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// When somebody works: what clocks count by.
struct Calendar: Codable, Sendable, Equatable {
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

    static func ref(_ id: Int) -> Ref { Ref("calendar", id) }

    /// The number behind the ref, by which other tables know the calendar.
    var id: Int { Int(ref.key) ?? 0 }

    /// What is counted by; reads the zone's file, so not on the loop.
    ///
    /// - Throws: `invalid_params` that names the member, the day and the stretch.
    func hours() throws(RPCError) -> BusinessCalendar {
        let zone: TimeZone
        do {
            zone = try TimeZone(named: timeZone)
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

/// A calendar, and whether it is open, as `calendar.get` answers.
struct CalendarPage: Codable, Sendable {
    var calendar: Calendar
    /// Whether it is open at this moment.
    var isOpen: Bool
    /// When it closes, or else opens; absent when it never does.
    var changesAt: Instant?
}
