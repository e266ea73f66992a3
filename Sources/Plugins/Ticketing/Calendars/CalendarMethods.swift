internal import OpsCore
internal import OpsJSONRPC

/// `calendar.create`.
struct CreateCalendar: RecordCreation {
    static let name = "calendar.create"
    static let summary = "Creates a calendar of working hours, by which the clocks of an SLA count."
    static let effect = Effect.write
    typealias Result = Calendar

    @Param("The calendar's unique name.", .positional, .length(1...100), .example("office"))
    var name: String
    @Param("The time zone of the hours.", .length(1...100), .example("Europe/Berlin"))
    var timeZone: String
    @Param(
        "The hours of each weekday, mon to sun: {\"mon\": [\"09:00-13:00\", \"14:00-18:00\"]}; "
            + "a day that is missing is a day off.")
    var week: [String: [String]]
    @Param("The hours of single days: {\"2026-12-24\": [\"09:00-12:00\"], \"2026-12-25\": []}.")
    var days: [String: [String]] = [:]
    @Param("What it is for.", .length(0...4000))
    var description: String = ""

    func record(in tx: WriteTransaction) throws -> Calendar {
        Calendar(
            ref: try Calendar.nextRef(in: tx), name: name, description: description,
            timeZone: timeZone, week: week, days: days, createdAt: tx.now, updatedAt: tx.now,
            generation: 1)
    }
}

/// `calendar.get`.
struct GetCalendar: RecordRequest {
    static let name = "calendar.get"
    static let summary = "Shows a calendar, and whether it is open."
    static let effect = Effect.read
    typealias Shown = Calendar
    typealias Result = CalendarPage

    @Param("The calendar's ref or name.", .positional)
    var calendar: String
    var key: String { calendar }

    func answer(_ record: Calendar, at now: Instant) throws -> CalendarPage {
        try CalendarPage(record, at: now)
    }
}

/// `calendar.list`.
struct ListCalendars: RecordListing {
    static let name = "calendar.list"
    static let summary = "Lists calendars by name."
    static let effect = Effect.read
    static let columns = ["name", "time_zone", "week", "description"]
    typealias Listed = Calendar

    @Param("How many calendars to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `calendar.update`.
struct UpdateCalendar: RecordChange {
    static let name = "calendar.update"
    static let summary = "Changes a calendar; clocks that count by it are computed anew."
    static let effect = Effect.write
    typealias Shown = Calendar
    typealias Result = Calendar

    @Param("The calendar's ref or name.", .positional)
    var calendar: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("The time zone of the hours.", .present(.length(1...100)))
    var timeZone: String?
    @Param("The hours of each weekday, all of them.")
    var week: [String: [String]]?
    @Param("The hours of single days, all of them.")
    var days: [String: [String]]?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { calendar }

    func change(_ record: inout Calendar, in tx: ReadTransaction) {
        if let name { record.name = name }
        if let timeZone { record.timeZone = timeZone }
        if let week { record.week = week }
        if let days { record.days = days }
        if let description { record.description = description }
    }
}

/// `calendar.delete`.
struct DeleteCalendar: RecordDeletion {
    static let name = "calendar.delete"
    static let summary = "Deletes a calendar by which no SLA and no open clock counts."
    static let effect = Effect.destroy
    typealias Deleted = Calendar
    typealias Result = Done

    @Param("The calendar's ref or name.", .positional)
    var calendar: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { calendar }
}
