/// The checks in memory, by their numbers.
///
/// Each has memory of its own. A dictionary of them would keep as much room free again as they take,
/// and copy them all whenever it grows.
///
/// One actor owns the table; copies of it would share their checks.
struct CheckTable: ~Copyable {
    private final class Place {
        var check: WatchedCheck

        init(_ check: WatchedCheck) { self.check = check }
    }

    private var places: [Int: Place] = [:]

    var count: Int { places.count }
    var ids: [Int] { Array(places.keys) }
    /// All checks, in no order.
    var all: some Sequence<WatchedCheck> { places.values.lazy.map(\.check) }

    /// How many checks are in a state.
    var states: [CheckState: Int] {
        places.values.reduce(into: [:]) { $0[$1.check.stored.status.state, default: 0] += 1 }
    }

    var pausedCount: Int { places.values.count { $0.check.stored.isPaused } }

    subscript(id: Int) -> WatchedCheck? {
        get { places[id]?.check }
        _modify {
            let place = places[id]
            var check = place?.check
            yield &check
            set(check, at: id, place)
        }
        set { set(newValue, at: id, places[id]) }
    }

    /// Makes room for that many checks more.
    mutating func reserve(_ more: Int) { places.reserveCapacity(places.count + more) }

    private mutating func set(_ check: WatchedCheck?, at id: Int, _ place: Place?) {
        if let place, let check {
            place.check = check
        } else {
            places[id] = check.map(Place.init)
        }
    }
}
