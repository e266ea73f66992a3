internal import OpsCore
internal import OpsJSONRPC

/// Which maintenance covers what at an instant: asked by everybody who announces.
///
/// The answer follows from the times alone and not from what was announced, so that it is right to
/// the millisecond, after a start, and after a clock that steps.
final class MaintenanceBook: Sendable {
    private struct Entry {
        let plan: MaintenancePlan
        var outlook: MaintenanceTimes.Outlook

        mutating func look(at instant: Instant) -> MaintenanceTimes.Outlook {
            if !outlook.holds(at: instant) { outlook = plan.times.outlook(at: instant) }
            return outlook
        }
    }

    private let entries = Guarded<[Int: Entry]>([:])

    /// Takes a maintenance in, or what has become of it.
    func set(_ id: Int, _ plan: MaintenancePlan, at instant: Instant) {
        let entry = Entry(plan: plan, outlook: plan.times.outlook(at: instant))
        entries.withLock { $0[id] = entry }
    }

    /// Forgets a maintenance that is cancelled or deleted.
    func remove(_ id: Int) { entries.withLock { $0[id] = nil } }

    /// The maintenances that cover a subject at an instant, by number.
    func covering(_ subject: MaintenanceSubject, at instant: Instant) -> [Int] {
        entries.withLock { entries in
            entries.keys.sorted().filter { id in
                entries[id]?.look(at: instant).window != nil
                    && entries[id]?.plan.scope.covers(subject) == true
            }
        }
    }

    /// The window of a maintenance at an instant.
    func window(of id: Int, at instant: Instant) -> MaintenanceWindow? {
        entries.withLock { $0[id]?.look(at: instant).window }
    }

    /// Whether any maintenance covers anything.
    func isAnyActive(at instant: Instant) -> Bool {
        entries.withLock { entries in
            entries.keys.contains { entries[$0]?.look(at: instant).window != nil }
        }
    }

    /// When a window begins or ends next.
    func nextChange(after instant: Instant) -> Instant? {
        entries.withLock { entries in
            entries.keys.compactMap { entries[$0]?.look(at: instant).changesAt }.min()
        }
    }
}
