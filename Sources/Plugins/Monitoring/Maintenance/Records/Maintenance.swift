internal import OpsCore
internal import OpsJSONRPC

/// A maintenance as callers see it.
struct Maintenance: Codable, Sendable {
    /// Where a maintenance stands.
    enum State: String, Codable, CaseIterable, Sendable {
        /// A window is to come.
        case scheduled
        case active
        /// There is no window any more.
        case ended
        case cancelled
    }

    var ref: Ref
    var name: String
    var comment: String
    var state: State
    var select: String?
    var root: Ref?
    var startsAt: Instant
    var endsAt: Instant?
    var durationMs: Int
    var rrule: String?
    var timeZone: String?
    var exdates: [Instant]
    var rdates: [Instant]
    /// The end of the window that runs.
    var activeUntil: Instant?
    var nextStartsAt: Instant?
    /// The next windows, of a recurring maintenance.
    var upcoming: [MaintenanceWindow]
    var cancelledAt: Instant?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension Maintenance {
    /// How many windows to come are shown.
    private static let shownWindows = 5

    /// A maintenance as it stands at an instant.
    init(_ stored: StoredMaintenance, _ times: MaintenanceTimes?, at now: Instant) {
        let wish = stored.definition
        let isOver = stored.cancelledAt != nil
        let window = isOver ? nil : times?.window(at: now)
        let next = isOver ? [] : times?.starts(after: now, limit: Self.shownWindows) ?? []
        ref = stored.ref
        name = wish.name
        comment = wish.comment
        state =
            isOver ? .cancelled : window != nil ? .active : next.isEmpty ? .ended : .scheduled
        select = wish.select.isEmpty ? nil : wish.select
        root = wish.root.map(StoredCheck.ref)
        startsAt = wish.startsAt
        endsAt = wish.rrule.isEmpty ? wish.startsAt + .milliseconds(wish.durationMs) : nil
        durationMs = wish.durationMs
        rrule = wish.rrule.isEmpty ? nil : wish.rrule
        timeZone = wish.rrule.isEmpty ? nil : wish.timeZone
        exdates = wish.exdates
        rdates = wish.rdates
        activeUntil = window?.endsAt
        nextStartsAt = next.first
        upcoming = next.map {
            MaintenanceWindow(startsAt: $0, endsAt: $0 + .milliseconds(wish.durationMs))
        }
        cancelledAt = stored.cancelledAt
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        generation = stored.generation
    }
}
