/// Of which series retention has deleted the samples of a day, so that only its rollups are left.
enum PrunedSeries: Sendable, Hashable {
    case none
    case some(Set<SeriesID>)
    case all

    func contains(_ id: SeriesID) -> Bool {
        switch self {
        case .none: false
        case .some(let ids): ids.contains(id)
        case .all: true
        }
    }

    /// With further series.
    func union(_ ids: Set<SeriesID>) -> PrunedSeries {
        switch self {
        case .none: ids.isEmpty ? .none : .some(ids)
        case .some(let known): .some(known.union(ids))
        case .all: .all
        }
    }

    // MARK: - In the store

    /// The columns `pruned` (0 none, 1 some, 2 all) and `pruned_series`.
    var stored: (kind: Int64, ids: [UInt8]?) {
        switch self {
        case .none: return (0, nil)
        case .all: return (2, nil)
        case .some(let ids):
            var content: [UInt8] = []
            content.appendVariable(UInt64(ids.count))
            var last: SeriesID = 0
            for id in ids.sorted() {
                content.appendVariable(UInt64(id - last))
                last = id
            }
            return (1, SealedBytes.seal(content, level: 3))
        }
    }

    /// Reads what `stored` gave; when it is damaged, the rollups are asked for every series.
    init(kind: Int64, ids: [UInt8]?) {
        switch kind {
        case 0: self = .none
        case 1: self = (try? Self.read(ids ?? [])).map { .some($0) } ?? .all
        default: self = .all
        }
    }

    private static func read(_ bytes: [UInt8]) throws -> Set<SeriesID> {
        try SealedBytes.open(bytes).withUnsafeBytes { buffer in
            var input = VariableReader(buffer)
            var ids: Set<SeriesID> = []
            var id: UInt64 = 0
            for _ in 0..<(try input.readCount(limit: buffer.count)) {
                id &+= try input.read()
                guard let number = SeriesID(exactly: id) else { throw ChunkError.badNumber }
                ids.insert(number)
            }
            return ids
        }
    }
}
