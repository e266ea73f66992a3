/// The series that have one value of a label, by ascending id.
///
/// Most values belong either to one series or to many, and for one there is no list to keep.
enum Posting: Sendable {
    case one(SeriesID)
    case many([SeriesID])

    var ids: [SeriesID] {
        switch self {
        case .one(let id): [id]
        case .many(let ids): ids
        }
    }
}

extension [UInt32: Posting] {
    /// Adds a series, whose id is higher than those before, to the posting of a value.
    mutating func add(_ id: SeriesID, to value: UInt32) {
        guard let index = self.index(forKey: value) else {
            self[value] = .one(id)
            return
        }
        self.values[index].add(id)
    }
}

extension Posting {
    fileprivate mutating func add(_ id: SeriesID) {
        switch self {
        case .one(let first): self = .many([first, id])
        case .many(var ids):
            // Taken out first: with two owners the whole list would be copied.
            self = .one(id)
            ids.append(id)
            self = .many(ids)
        }
    }
}
