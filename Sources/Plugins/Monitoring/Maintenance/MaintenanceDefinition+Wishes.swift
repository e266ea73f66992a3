internal import OpsCore
internal import OpsJSONRPC

extension MaintenanceDefinition {
    /// Fills in what the caller left out.
    init(_ wish: CreateMaintenance, root: Int?, now: Instant) throws(RPCError) {
        let start = wish.startsAt ?? now
        self.init(
            name: wish.name, comment: wish.comment, select: wish.select, root: root,
            startsAt: start, durationMs: 0, rrule: wish.rrule, timeZone: wish.timeZone,
            exdates: wish.exdates, rdates: wish.rdates)
        guard wish.endsAt != nil || wish.durationMs != nil else {
            throw .badMember("duration_ms", "is required, or ends_at")
        }
        try setLength(wish.durationMs, until: wish.endsAt)
    }

    /// The definition with the given changes.
    func applying(
        _ change: UpdateMaintenance, root: Int?
    ) throws(RPCError) -> MaintenanceDefinition {
        var new = self
        new.name = change.name ?? name
        new.comment = change.comment ?? comment
        new.select = change.select ?? select
        if change.root != nil { new.root = root }
        new.startsAt = change.startsAt ?? startsAt
        new.rrule = change.rrule ?? rrule
        new.timeZone = change.timeZone ?? timeZone
        new.exdates = change.exdates ?? exdates
        new.rdates = change.rdates ?? rdates
        try new.setLength(change.durationMs, until: change.endsAt)
        return new
    }

    private mutating func setLength(_ length: Int?, until end: Instant?) throws(RPCError) {
        guard let end else {
            durationMs = length ?? durationMs
            return
        }
        guard length == nil else {
            throw .badMember("ends_at", "and duration_ms cannot both be given")
        }
        guard rrule.isEmpty else {
            throw .badMember("ends_at", "is not for a recurring maintenance; UNTIL in rrule is")
        }
        guard end > startsAt else { throw .badMember("ends_at", "must be later than starts_at") }
        let wait = (end - startsAt).milliseconds
        guard wait <= Self.maxDurationMs else {
            throw .badMember("ends_at", "must be at most \(Self.maxDurationMs) ms after starts_at")
        }
        durationMs = Int(wait)
    }
}
