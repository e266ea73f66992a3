/// How long a series is kept, sample for sample and condensed.
public struct SeriesRetention: Sendable, Hashable {
    /// How long samples are kept.
    public let samples: Duration
    /// How long rollups of a minute are kept.
    public let minutes: Duration
    /// How long rollups of an hour are kept.
    public let hours: Duration

    /// Puts a retention together; what is condensed is kept at least as long as what it is made of.
    public init(samples: Duration, minutes: Duration, hours: Duration) {
        self.samples = samples
        self.minutes = max(minutes, samples)
        self.hours = max(hours, self.minutes)
    }

    func duration(of tier: RollupTier) -> Duration {
        switch tier {
        case .minute: self.minutes
        case .hour: self.hours
        }
    }
}
