internal import OpsJSONRPC

/// How long which series are kept: the first rule that matches counts.
struct RetentionPolicy: Sendable {
    private let general: SeriesRetention
    private let rules: [(rule: RetentionRule, retention: SeriesRetention)]

    init(_ settings: SeriesSettings) {
        let general = SeriesRetention(
            samples: settings.retention, minutes: settings.minuteRetention,
            hours: settings.hourRetention)
        self.general = general
        self.rules = settings.retentionRules.map { ($0, $0.retention(otherwise: general)) }
    }

    func retention(of key: SeriesKey) -> SeriesRetention {
        self.rules.first { $0.rule.matches(key) }?.retention ?? self.general
    }

    /// The shortest and the longest time that anything is kept.
    func bounds(_ time: (SeriesRetention) -> Duration) -> (least: Duration, greatest: Duration) {
        let times = self.times(time)
        return (times.min() ?? .zero, times.max() ?? .zero)
    }

    /// The days that were kept by some rule at `last` and are not any more.
    func daysOver(
        _ time: (SeriesRetention) -> Duration, since last: Instant, at now: Instant
    ) -> [Range<Int64>] {
        self.times(time).compactMap { time in
            let (before, after) = (Series.firstDay(last, time), Series.firstDay(now, time))
            return before < after ? before..<after : nil
        }
    }

    private func times(_ time: (SeriesRetention) -> Duration) -> Set<Duration> {
        Set(self.rules.map { time($0.retention) } + [time(self.general)])
    }
}
