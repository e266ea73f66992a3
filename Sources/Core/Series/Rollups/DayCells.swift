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

    func of(_ tier: RollupTier) -> [RollupCell] {
        switch tier {
        case .minute: self.minutes
        case .hour: self.hours
        }
    }
}
