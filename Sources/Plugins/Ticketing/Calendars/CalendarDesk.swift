internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// Keeps the calendars.
struct CalendarDesk: Sendable {
    let store: Store
    let time: any TimeSource

    func create(_ wish: CreateCalendar, for call: Call) async throws -> Calendar {
        try Self.refuseColon(wish.name)
        return try await call.write(to: store) { tx in try CalendarWriter.insert(wish, in: tx) }
    }

    func get(_ key: String) async throws -> CalendarPage {
        let now = time.now()
        return try await store.read { tx in
            let calendar = try CalendarWriter.find(key, in: tx)
            let opening = try calendar.hours().opening(at: now)
            let isOpen = opening?.contains(now) ?? false
            return CalendarPage(
                calendar: calendar, isOpen: isOpen,
                changesAt: isOpen ? opening?.upperBound : opening?.lowerBound)
        }
    }

    func list(_ params: ListCalendars) async throws -> Page<Calendar> {
        try await store.read { tx in
            let calendars = try CalendarWriter.page(
                after: params.cursor ?? "", limit: params.limit + 1, in: tx)
            let page = calendars.prefix(params.limit)
            return Page(
                items: Array(page),
                nextCursor: calendars.count > page.count ? page.last?.name : nil)
        }
    }

    func update(_ change: UpdateCalendar, for call: Call) async throws -> Calendar {
        if let name = change.name { try Self.refuseColon(name) }
        return try await call.write(to: store) { tx in
            let old = try CalendarWriter.find(change.calendar, in: tx)
            try Self.refuseStale(change.generation, old)
            var new = old
            if let name = change.name { new.name = name }
            if let zone = change.timeZone { new.timeZone = zone }
            if let week = change.week { new.week = week }
            if let days = change.days { new.days = days }
            if let description = change.description { new.description = description }
            return try CalendarWriter.update(old, to: new, in: tx)
        }
    }

    func delete(_ params: DeleteCalendar, for call: Call) async throws -> Done {
        try await call.write(to: store) { tx in
            let calendar = try CalendarWriter.find(params.calendar, in: tx)
            try Self.refuseStale(params.generation, calendar)
            try CalendarWriter.delete(calendar, in: tx)
            return Done()
        }
    }

    /// A colon would make the name look like a ref, which a method takes in the same place.
    private static func refuseColon(_ name: String) throws(RPCError) {
        if name.contains(":") { throw .badMember("name", "must not have a colon") }
    }

    private static func refuseStale(_ generation: Int?, _ calendar: Calendar) throws(RPCError) {
        guard let generation, generation != calendar.generation else { return }
        throw .staleGeneration(
            "\"\(calendar.name)\" is at generation \(calendar.generation), not \(generation).")
    }
}
