/// A length to which samples are condensed for good.
enum RollupTier: Int64, CaseIterable, Sendable {
    case minute = 60_000
    case hour = 3_600_000

    /// How many milliseconds a cell covers.
    var length: Int64 { self.rawValue }

    /// When the cell of an instant since 1970 begins.
    func start(of at: Int64) -> Int64 { at / self.length * self.length }

    /// The last instant before which only whole cells lie, when they begin in 1970.
    func lastWhole(before end: Int64) -> Int64 { self.start(of: end) - 1 }
}
