internal import OpsCore
internal import OpsJSONRPC

/// Which maintenance covers what at an instant: asked by everybody who announces.
///
/// The answer follows from the times alone and not from what was announced, so that it is right to
/// the millisecond, after a start, and after a clock that steps. It is asked with every result of a
/// check: what holds until the next change is worked out once.
final class MaintenanceBook: Sendable {
    private struct State {
        var plans: [Int: MaintenancePlan] = [:]
        /// The maintenances with a window, by number, and from when until when that is so.
        var active: [(id: Int, window: MaintenanceWindow, scope: MaintenanceScope)] = []
        var asOf = Instant(milliseconds: .max)
        var changesAt: Instant?

        /// Works out what holds at an instant, unless that is known.
        mutating func look(at instant: Instant) {
            let isKnown = asOf <= instant && (changesAt.map { instant < $0 } ?? true)
            guard !isKnown else { return }
            (active, asOf, changesAt) = ([], instant, nil)
            for (id, plan) in plans.sorted(by: { $0.key < $1.key }) {
                let outlook = plan.times.outlook(at: instant)
                if let window = outlook.window { active.append((id, window, plan.scope)) }
                changesAt = [changesAt, outlook.changesAt].compactMap { $0 }.min()
            }
        }
    }

    private let state = Guarded(State())

    /// Takes a maintenance in, or what has become of it; nil for one that is over for good.
    func set(_ id: Int, _ plan: MaintenancePlan?) {
        state.withLock { state in
            state.plans[id] = plan
            state.asOf = Instant(milliseconds: .max)
        }
    }

    /// The maintenances that cover a subject at an instant, by number.
    func covering(_ subject: MaintenanceSubject, at instant: Instant) -> [Int] {
        state.withLock { state in
            state.look(at: instant)
            return state.active.filter { $0.scope.covers(subject) }.map { $0.id }
        }
    }

    /// Whether any maintenance has a window at an instant.
    func isAnyActive(at instant: Instant) -> Bool {
        state.withLock { state in
            state.look(at: instant)
            return !state.active.isEmpty
        }
    }

    /// The windows at an instant, by the numbers of their maintenances.
    func windows(at instant: Instant) -> [Int: MaintenanceWindow] {
        state.withLock { state in
            state.look(at: instant)
            return Dictionary(uniqueKeysWithValues: state.active.map { ($0.id, $0.window) })
        }
    }

    /// When a window begins or ends next.
    func nextChange(after instant: Instant) -> Instant? {
        state.withLock { state in
            state.look(at: instant)
            return state.changesAt
        }
    }
}
