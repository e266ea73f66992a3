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

    /// Whether all series are kept equally long.
    var isUniform: Bool { self.rules.isEmpty }

    func retention(of key: SeriesKey) -> SeriesRetention {
        self.rules.first { $0.rule.matches(key) }?.retention ?? self.general
    }

    /// The shortest and the longest time that anything is kept.
    func bounds(_ time: (SeriesRetention) -> Duration) -> (least: Duration, greatest: Duration) {
        let times = self.rules.map { time($0.retention) } + [time(self.general)]
        return (times.min() ?? .zero, times.max() ?? .zero)
    }
}
