/// Which part of a span of time the processors spent in each mode, from 0 to 1.
struct CPUShares: Sendable, Equatable {
    /// The parts by mode; they add up to 1.
    let ratios: [String: Double]

    /// The part in which the processors worked; waiting for a disk is not work.
    var busy: Double {
        max(0, 1 - (ratios["idle"] ?? 0) - (ratios["iowait"] ?? 0))
    }
}
