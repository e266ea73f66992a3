/// What is known of a block without unpacking it.
struct BlockOutline: Sendable, Hashable {
    let id: Int64
    let startAt: Int64
    let endAt: Int64
    let count: Int
}

/// Which blocks of a group become one.
///
/// A run is made of blocks whose numbers follow one another, so that what counts more still has
/// the higher number. It covers one day of UTC, as rollups do and retention, and holds at most
/// `maxSamples`, so that a query unpacks little that it does not need. The newest run still grows: of it only the newest blocks
/// are merged, an older one joins them once they are together half as large as it is, so that
/// every sample is written a few times and not each hour.
struct MergePlan: Sendable, Hashable {
    /// The most samples in a merged block.
    static let maxSamples = 4_000_000

    private(set) var runs: [[BlockOutline]] = []

    /// - Parameter blocks: All blocks of a group, by ascending number.
    /// - Parameter all: Whether the newest run is merged as a whole, and a single block anew.
    init(_ blocks: [BlockOutline], all: Bool = false) {
        var rest = blocks[...]
        while !rest.isEmpty {
            let run = Self.run(at: rest)
            rest = rest[run.endIndex...]
            let chosen = rest.isEmpty && !all ? Self.newest(of: run) : Array(run)
            if chosen.count > 1 || all { self.runs.append(chosen) }
        }
    }

    private static func run(at blocks: ArraySlice<BlockOutline>) -> ArraySlice<BlockOutline> {
        guard let first = blocks.first else { return blocks }
        let day = Day.number(of: first.startAt)
        var count = 0
        return blocks.prefix { block in
            count += block.count
            let isSameDay = [block.startAt, block.endAt].allSatisfy { Day.number(of: $0) == day }
            return count == block.count || isSameDay && count <= self.maxSamples
        }
    }

    private static func newest(of run: ArraySlice<BlockOutline>) -> [BlockOutline] {
        var count = 0
        let chosen = run.reversed().prefix { block in
            let joins = count == 0 || block.count <= 2 * count
            count += block.count
            return joins
        }
        return chosen.reversed()
    }
}
