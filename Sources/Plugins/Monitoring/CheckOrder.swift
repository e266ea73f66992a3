/// The orders in which checks are listed, and the cursors that name a place in them.
enum CheckOrder {
    /// A check's place in a list; names are unique, so no two are equal.
    struct Key: Comparable, Sendable {
        /// How urgent the check is; the same for all in a list by name.
        let rank: Int
        let name: String
        let id: Int

        static func < (a: Key, b: Key) -> Bool {
            a.rank != b.rank ? a.rank < b.rank : a.name < b.name
        }

        static func == (a: Key, b: Key) -> Bool { a.rank == b.rank && a.name == b.name }
    }
}

extension CheckOrder.Key {
    init(_ check: StoredCheck, _ order: ListChecks.Order) {
        name = check.definition.name
        id = check.id
        switch order {
        case .name: rank = 0
        case .worst:
            // Of two equally bad ones the one that is certain comes first.
            let isSoft = check.status.state.isProblem && check.status.stateType == .soft
            rank = check.status.state.urgency * 2 + (isSoft ? 1 : 0)
        }
    }

    /// Reads a cursor of a list in this order; nil when it is none.
    init?(cursor: String, _ order: ListChecks.Order) {
        let parts = cursor.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let rank = Int(parts[0]), order == .worst || rank == 0 else {
            return nil
        }
        self.init(rank: rank, name: String(parts[1]), id: 0)
    }

    /// The place behind this check, which stays when the check is gone or has changed.
    var cursor: String { "\(rank):\(name)" }
}
