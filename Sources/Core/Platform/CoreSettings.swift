public import OpsJSONRPC

/// The settings of the core itself, under `core` in `plugins.json`.
public struct CoreSettings: Declared {
    /// How long events stay readable.
    @Param("How many days events are kept.", .range(1...36_500))
    public var eventRetentionDays: Int = 90
    /// How long the samples of metrics are kept.
    @Param("How many days the samples of metrics are kept.", .range(1...36_500))
    public var metricRetentionDays: Int = 30
    /// How long what metrics come to in each minute is kept.
    @Param(
        "How many days metrics are kept by the minute; at least as long as the samples.",
        .range(1...36_500))
    public var metricMinuteRetentionDays: Int = 90
    /// How long what metrics come to in each hour is kept.
    @Param(
        "How many days metrics are kept by the hour; at least as long as by the minute.",
        .range(1...36_500))
    public var metricHourRetentionDays: Int = 730
    /// Which metrics are kept for other times, each with the members of ``MetricRetentionRule``.
    @Param(
        """
        Which series are kept for other times. Each rule has select, and retention_days, \
        minute_retention_days or hour_retention_days; the first whose selector matches counts.
        """, .example("[{\"select\": \"{env=\\\"test\\\"}\", \"retention_days\": 7}]"))
    public var metricRetentionRules: [JSON] = []
    /// How far a sample may lie behind the newest one of its series; nil takes any.
    @Param(
        "How far a sample may lie behind the newest one of its series; any when this is not set.",
        .present(.range(0...3_153_600_000_000)))
    public var metricLateWindowMs: Int?
    /// How many subscriptions to events one connection may have.
    @Param("The most event subscriptions of one connection.", .range(1...100_000))
    public var maxSubscriptions: Int = 128
    /// How long the audit log is kept; without it, for ever.
    @Param(
        "How many days the audit log is kept; for ever when this is not set.",
        .present(.range(1...36_500)))
    public var auditRetentionDays: Int?

    /// Makes the default settings.
    public init() {}
}

extension CoreSettings: Equatable {
    /// Whether both say the same.
    public static func == (left: CoreSettings, right: CoreSettings) -> Bool {
        left.eventRetentionDays == right.eventRetentionDays
            && left.metricRetentionDays == right.metricRetentionDays
            && left.metricMinuteRetentionDays == right.metricMinuteRetentionDays
            && left.metricHourRetentionDays == right.metricHourRetentionDays
            && left.metricRetentionRules == right.metricRetentionRules
            && left.metricLateWindowMs == right.metricLateWindowMs
            && left.maxSubscriptions == right.maxSubscriptions
            && left.auditRetentionDays == right.auditRetentionDays
    }
}
