/// The checks in memory, by their numbers.
///
/// Each has memory of its own. A dictionary of them would keep as much room free again as they take,
/// and copy them all whenever it grows.
///
/// One actor owns the table; copies of it would share their checks.
struct CheckTable: ~Copyable {
    private final class Place {
        /// Nil only while the table is about to forget the place.
        var check: WatchedCheck?

        init(_ check: WatchedCheck) { self.check = check }
    }

    private var places: [Int: Place] = [:]

    var count: Int { places.count }
    var ids: [Int] { Array(places.keys) }
    /// All checks, in no order.
    var all: some Sequence<WatchedCheck> { places.values.lazy.compactMap(\.check) }

    /// How many checks are in a state.
    var states: [CheckState: Int] {
        places.values.reduce(into: [:]) { counts, place in
            if let state = place.check?.stored.status.state { counts[state, default: 0] += 1 }
        }
    }

    var pausedCount: Int { places.values.count { $0.check?.stored.isPaused == true } }

    /// A check where it lies: a copy takes part in the ownership of some thirty objects.
    subscript(id: Int) -> WatchedCheck? {
        _read {
            if let place = places[id] { yield place.check } else { yield nil }
        }
        _modify {
            if let place = places[id] {
                yield &place.check
                if place.check == nil { places[id] = nil }
            } else {
                var check: WatchedCheck?
                yield &check
                if let check { places[id] = Place(check) }
            }
        }
    }

    /// Takes a check in, in place of one with its number.
    mutating func insert(_ check: consuming WatchedCheck) {
        let id = check.stored.id
        places[id] = Place(check)
    }

    /// Makes room for that many checks more.
    mutating func reserve(_ more: Int) { places.reserveCapacity(places.count + more) }
}
