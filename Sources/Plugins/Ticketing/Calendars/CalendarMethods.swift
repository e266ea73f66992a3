internal import OpsCore

/// `calendar.create`.
struct CreateCalendar: Method {
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
}

/// `calendar.get`.
struct GetCalendar: Method {
    static let name = "calendar.get"
    static let summary = "Shows a calendar, and whether it is open."
    static let effect = Effect.read
    typealias Result = CalendarPage

    @Param("The calendar's ref or name.", .positional)
    var calendar: String
}

/// `calendar.list`.
struct ListCalendars: Method {
    static let name = "calendar.list"
    static let summary = "Lists calendars by name."
    static let effect = Effect.read
    static let columns = ["name", "time_zone", "week", "description"]
    typealias Result = Page<Calendar>

    @Param("How many calendars to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `calendar.update`.
struct UpdateCalendar: Method {
    static let name = "calendar.update"
    static let summary = "Changes a calendar; clocks that count by it are computed anew."
    static let effect = Effect.write
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
}

/// `calendar.delete`.
struct DeleteCalendar: Method {
    static let name = "calendar.delete"
    static let summary = "Deletes a calendar by which no SLA and no open clock counts."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The calendar's ref or name.", .positional)
    var calendar: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}

/// What the calendars add to the plugin.
enum CalendarMethods {
    static let declarations = [
        MethodDeclaration(CreateCalendar.self), MethodDeclaration(GetCalendar.self),
        MethodDeclaration(ListCalendars.self), MethodDeclaration(UpdateCalendar.self),
        MethodDeclaration(DeleteCalendar.self),
    ]

    static let events = [
        EventDeclaration("calendar.created", "A calendar was created: calendar, name."),
        EventDeclaration("calendar.updated", "A calendar was changed."),
        EventDeclaration("calendar.deleted", "A calendar was deleted."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: CalendarDesk) {
        methods.handle(CreateCalendar.self) { call, wish in
            try await desk.create(wish, for: call)
        }
        methods.handle(GetCalendar.self) { _, params in try await desk.get(params.calendar) }
        methods.handle(ListCalendars.self) { _, params in try await desk.list(params) }
        methods.handle(UpdateCalendar.self) { call, change in
            try await desk.update(change, for: call)
        }
        methods.handle(DeleteCalendar.self) { call, params in
            try await desk.delete(params, for: call)
        }
    }
}
