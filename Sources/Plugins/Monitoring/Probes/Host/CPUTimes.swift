/// How long the processors were in each mode since the machine started, in clock ticks.
struct CPUTimes: Sendable, Equatable {
    /// The modes in the order of `/proc/stat`.
    ///
    /// Guest time, which follows there, is part of `user`
    /// and `nice` already.
    static let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]

    /// Ticks by mode, in the order of ``modes``; shorter on very old kernels.
    let ticks: [UInt64]

    /// Reads the words behind `cpu` in `/proc/stat`.
    init?(fields: some Sequence<Substring>) {
        ticks = fields.prefix(Self.modes.count).compactMap { UInt64($0) }
        guard ticks.count >= 4 else { return nil }
    }

    /// Returns which part of the time since `earlier` was spent in each mode; `nil` when no time
    /// passed between the two.
    func shares(since earlier: CPUTimes) -> CPUShares? {
        // A counter may step back (iowait does, and a container may move): that is no time.
        let spent = zip(ticks, earlier.ticks).map { $0 > $1 ? Double($0 - $1) : 0 }
        let total = spent.reduce(0, +)
        guard total > 0 else { return nil }
        return CPUShares(
            ratios: Dictionary(uniqueKeysWithValues: zip(Self.modes, spent.map { $0 / total })))
    }
}
