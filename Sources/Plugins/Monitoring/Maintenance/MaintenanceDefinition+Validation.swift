internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

/// A maintenance that can be: what was asked for, read and checked.
struct MaintenancePlan: Sendable {
    let scope: MaintenanceScope
    let times: MaintenanceTimes
}

extension MaintenanceDefinition {
    /// The longest window: who works longer has no maintenance but a check too many.
    static let maxDurationMs = 366 * 86_400_000
    private static let maxDates = 1000

    /// Reads what was asked for; reads the time zone's file, so not on the loop.
    ///
    /// - Throws: `invalid_params` naming every member that is wrong.
    func plan() throws(RPCError) -> MaintenancePlan {
        let labels = Result { () throws(RPCError) in try selector() }
        let times = Result { () throws(RPCError) in try parsedTimes() }
        var wrong = labels.complaints + times.complaints
        if select.isEmpty, root == nil {
            wrong.append(
                .init(path: "select", reason: "is required, or root: {} stands for all checks"))
        }
        guard wrong.isEmpty else { throw .badMembers(wrong) }
        return MaintenancePlan(
            scope: MaintenanceScope(labels: try labels.get(), root: root), times: try times.get())
    }

    private func selector() throws(RPCError) -> LabelSelector? {
        select.isEmpty ? nil : try LabelSelector(select, member: "select")
    }

    private func parsedTimes() throws(RPCError) -> MaintenanceTimes {
        guard 1...Self.maxDurationMs ~= durationMs else {
            throw .badMember("duration_ms", "must be 1 to \(Self.maxDurationMs), not \(durationMs)")
        }
        guard !rrule.isEmpty else { return try once() }
        for (path, dates) in [("exdates", exdates), ("rdates", rdates)]
        where dates.count > Self.maxDates {
            throw .badMember(path, "may be \(Self.maxDates) at most")
        }
        let recurrence = Recurrence(
            try parsedRule(), start: startsAt, zone: try zone(), exceptions: exdates,
            additions: rdates)
        guard !recurrence.occurrences(from: startsAt, limit: 1).isEmpty else {
            throw .badMember("rrule", "never happens after starts_at")
        }
        return .recurring(recurrence, .milliseconds(durationMs))
    }

    private func once() throws(RPCError) -> MaintenanceTimes {
        for (path, dates) in [("exdates", exdates), ("rdates", rdates)] where !dates.isEmpty {
            throw .badMember(path, "belongs to a recurring maintenance, with an rrule")
        }
        let end = startsAt + .milliseconds(durationMs)
        return .once(MaintenanceWindow(startsAt: startsAt, endsAt: end))
    }

    private func parsedRule() throws(RPCError) -> RecurrenceRule {
        do throws(CalendarError) {
            return try RecurrenceRule(rrule)
        } catch {
            throw .badMember("rrule", "\(error)")
        }
    }

    private func zone() throws(RPCError) -> TimeZone {
        do throws(CalendarError) {
            return try TimeZone(named: timeZone)
        } catch {
            throw .badMember("time_zone", "\(error)")
        }
    }
}

extension Result where Failure == RPCError {
    /// The members that are wrong.
    fileprivate var complaints: [RPCError.FieldError] {
        switch self {
        case .success: []
        case .failure(let error): error.fields
        }
    }
}
