/// What processes had spent on processors at one moment.
struct ProcessTimes: Sendable, Equatable {
    /// A number alone may belong to another process a moment later.
    struct Key: Sendable, Hashable {
        let id: Int32
        let startTicks: UInt64
    }

    private let ticks: [Key: UInt64]
    private let moment: Duration

    init(_ processes: [ProcessEntry], at moment: Duration) {
        ticks = Dictionary(
            processes.map { (Key(id: $0.id, startTicks: $0.startTicks), $0.ticks) },
            uniquingKeysWith: { first, _ in first })
        self.moment = moment
    }

    /// Returns what they have taken of one processor since an earlier moment, in percent; one that
    /// is new has spent all it has since then.
    func percent(since last: ProcessTimes) -> Double? {
        let seconds = (moment - last.moment) / .seconds(1)
        guard seconds > 0 else { return nil }
        let spent = ticks.reduce(UInt64(0)) { sum, entry in
            sum + entry.value - min(last.ticks[entry.key] ?? 0, entry.value)
        }
        return Double(spent) / ProcessEntry.ticksPerSecond / seconds * 100
    }
}
