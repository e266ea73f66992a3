/// What a series has in the minutes and hours of a day.
struct DayCells {
    private let minutes: [RollupCell]
    private let hours: [RollupCell]

    /// Condenses samples, and takes from former rollups where these had more.
    ///
    /// - Parameters:
    ///   - samples: Those of the day, ascending in time.
    ///   - former: The rollups of a day whose samples may not all be there any more; else empty.
    /// - Throws: a `ChunkError` when the rollups are damaged.
    init(
        of samples: [Sample], or former: [RollupTier: RollupReader], of id: SeriesID
    ) throws {
        func known(_ tier: RollupTier) throws -> [RollupCell] {
            try former[tier]?.cells(of: id) ?? []
        }
        self.minutes = [RollupCell](of: samples, .minute).fuller(try known(.minute))
        self.hours = self.minutes.condensed(to: .hour).fuller(try known(.hour))
    }

    /// Reads rollups as they are stored.
    ///
    /// - Parameter tiers: The lengths that are asked for, the one that is rather wanted first.
    /// - Throws: a `ChunkError` when the rollups are damaged.
    init(
        _ rollups: [RollupTier: RollupReader], _ tiers: [RollupTier], of id: SeriesID
    ) throws {
        self.hours = try tiers.contains(.hour) ? rollups[.hour]?.cells(of: id) ?? [] : []
        // An hour never knows less than its minutes do, so where hours are rather wanted there is
        // no need of these, of which there are sixty times as many.
        let hoursDo = tiers.first == .hour && !self.hours.isEmpty
        self.minutes =
            try tiers.contains(.minute) && !hoursDo ? rollups[.minute]?.cells(of: id) ?? [] : []
    }

    /// Hands over, hour by hour, the cells of the length that knows most of it.
    ///
    /// Not of the whole day: late samples make a minute or two of a day of which only the hours are
    /// left otherwise, and these must not be hidden by them.
    ///
    /// - Parameters:
    ///   - tiers: The lengths that may be used; of those that know the same the first.
    ///   - wanted: When the cells begin. An hour that begins earlier leaves it to its minutes.
    func forEachFullest(
        of tiers: [RollupTier], in wanted: ClosedRange<Int64>,
        _ body: (RollupCell, RollupTier) -> Void
    ) {
        var minutes = (tiers.contains(.minute) ? self.minutes : [])[...]
        func handOver(_ cells: ArraySlice<RollupCell>) {
            for cell in cells where wanted.contains(cell.start) { body(cell, .minute) }
            minutes = minutes[cells.endIndex...]
        }
        for hour in tiers.contains(.hour) ? self.hours : [] where wanted.contains(hour.start) {
            handOver(minutes.prefix { $0.start < hour.start })
            let own = minutes.prefix { $0.start < hour.start + RollupTier.hour.length }
            let known = own.reduce(0) { $0 + $1.count }
            if hour.count > known || hour.count == known && tiers.first == .hour {
                body(hour, .hour)
                minutes = minutes[own.endIndex...]
            } else {
                handOver(own)
            }
        }
        handOver(minutes)
    }

    func of(_ tier: RollupTier) -> [RollupCell] {
        switch tier {
        case .minute: self.minutes
        case .hour: self.hours
        }
    }
}
