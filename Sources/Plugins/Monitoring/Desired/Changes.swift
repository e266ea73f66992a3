/// What becomes of the records of one kind.
struct Changes<Wanted: Sendable, Stored: Sendable>: Sendable {
    var create: [Wanted] = []
    var update: [(old: Stored, new: Wanted)] = []
    var delete: [Stored] = []
    var unchanged: [Stored] = []

    var isEmpty: Bool { create.isEmpty && update.isEmpty && delete.isEmpty }

    /// Nothing is asked for: everything stays.
    init(keeping stored: [Stored]) { unchanged = stored }

    /// One record comes, changes or goes, the others stay.
    init(
        create: [Wanted] = [], update: [(old: Stored, new: Wanted)] = [], delete: [Stored] = [],
        keeping unchanged: [Stored]
    ) {
        self.create = create
        self.update = update
        self.delete = delete
        self.unchanged = unchanged
    }

    /// Compares what is wanted with what there is, by name; what is not wanted goes.
    init(
        from stored: [Stored], to wanted: [Wanted], nameOf name: (Stored) -> String,
        wantedName: (Wanted) -> String, isSame: (Stored, Wanted) -> Bool
    ) {
        var rest = Dictionary(stored.map { (name($0), $0) }, uniquingKeysWith: { $1 })
        for new in wanted {
            guard let old = rest.removeValue(forKey: wantedName(new)) else {
                create.append(new)
                continue
            }
            if isSame(old, new) { unchanged.append(old) } else { update.append((old, new)) }
        }
        delete = rest.values.sorted { name($0) < name($1) }
    }

    var counts: ChangeCounts {
        ChangeCounts(
            created: create.count, updated: update.count, deleted: delete.count,
            unchanged: unchanged.count)
    }
}

/// How many records came, changed, went and stayed.
struct ChangeCounts: Codable, Sendable, Equatable {
    var created = 0
    var updated = 0
    var deleted = 0
    var unchanged = 0
}
