import OpsJSONRPC

/// A time axis with labels at round moments of the local zone.
struct TimeAxis {
    struct Tick: Equatable {
        var column: Int
        var label: String
    }

    var from: Int64
    var to: Int64
    var columns: Int
    var zone: (Instant) -> Int

    private static let narrowest = 11
    private static let steps: [Int64] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200]
        + [1, 2, 7, 14, 28, 91, 182, 364].map { $0 * day }
    private static let day: Int64 = 86_400

    func ticks() -> [Tick] {
        let offset = Int64(zone(Instant(milliseconds: from)))
        let step = self.step() * 1000
        let first = (from + offset * 1000 + step - 1) / step * step - offset * 1000
        return stride(from: first, through: to, by: Int(step)).map { at in
            Tick(column: column(at), label: label(at, offset, step / 1000))
        }
    }

    /// The smallest step whose labels do not run into each other.
    private func step() -> Int64 {
        let seconds = max(1, (to - from) / 1000)
        let most = Int64(max(1, columns / Self.narrowest))
        return Self.steps.first { seconds / $0 <= most } ?? 364 * Self.day
    }

    func column(_ at: Int64) -> Int {
        min(columns - 1, Int((at - from) * Int64(columns) / max(1, to - from)))
    }

    /// The date where a day begins, else the time, with seconds where they matter.
    private func label(_ at: Int64, _ offset: Int64, _ step: Int64) -> String {
        let local = Instant(milliseconds: at + offset * 1000).description
        if (at / 1000 + offset) % Self.day == 0 { return String(local.prefix(10).dropFirst(5)) }
        return String(local.dropFirst(11).prefix(step < 60 ? 8 : 5))
    }
}
