/// How long the series that a selector matches are kept.
public struct RetentionRule: Sendable, Hashable {
    /// Which series.
    public let selector: SeriesSelector
    /// How long samples are kept; nil leaves it as it is for all series.
    public let samples: Duration?
    /// How long rollups of a minute are kept; nil as for all series.
    public let minutes: Duration?
    /// How long rollups of an hour are kept; nil as for all series.
    public let hours: Duration?
    private let test: LabelTest

    /// Makes a rule.
    ///
    /// - Throws: a `SeriesError` when a regular expression cannot be read.
    public init(
        _ selector: SeriesSelector, samples: Duration? = nil, minutes: Duration? = nil,
        hours: Duration? = nil
    ) throws(SeriesError) {
        self.selector = selector
        self.samples = samples
        self.minutes = minutes
        self.hours = hours
        self.test = try LabelTest(selector)
    }

    /// Whether the rule is for a series.
    func matches(_ key: SeriesKey) -> Bool {
        self.test.holds { name in
            name == SeriesKey.nameLabel ? key.name : key.labels[name] ?? ""
        }
    }

    func retention(otherwise general: SeriesRetention) -> SeriesRetention {
        SeriesRetention(
            samples: self.samples ?? general.samples, minutes: self.minutes ?? general.minutes,
            hours: self.hours ?? general.hours)
    }

    /// Whether both say the same.
    public static func == (left: RetentionRule, right: RetentionRule) -> Bool {
        left.selector == right.selector && left.samples == right.samples
            && left.minutes == right.minutes && left.hours == right.hours
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.selector)
        hasher.combine(self.samples)
        hasher.combine(self.minutes)
        hasher.combine(self.hours)
    }
}
