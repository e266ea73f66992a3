/// The measurements of the last minute, kept as six histograms of ten seconds.
struct LagWindow: Sendable {
    static let slots = 6
    static let slotNanoseconds: UInt64 = 10_000_000_000

    private var histograms: [LagHistogram] = []
    /// The number of the newest slot, counted from the start of the clock.
    private var newest: UInt64 = 0

    mutating func record(ms: Double, at now: UInt64) {
        self.advance(to: now)
        self.histograms[self.histograms.count - 1].record(ms: ms)
    }

    mutating func snapshot(at now: UInt64) -> LagSnapshot {
        self.advance(to: now)
        var all = LagHistogram()
        for histogram in self.histograms { all.merge(histogram) }
        return all.snapshot
    }

    private mutating func advance(to now: UInt64) {
        let slot = now / Self.slotNanoseconds
        if self.histograms.isEmpty || slot >= self.newest + UInt64(Self.slots) {
            self.histograms = [LagHistogram()]
            self.newest = slot
        }
        while self.newest < slot {
            self.histograms.append(LagHistogram())
            self.newest += 1
        }
        self.histograms.removeFirst(max(0, self.histograms.count - Self.slots))
    }
}
