internal import OpsJSONRPC

extension SeriesSettings {
    /// What the core's settings say about metrics.
    ///
    /// - Throws: ``PluginError`` that names a rule which cannot be read.
    init(_ configuration: Configuration) throws(PluginError) {
        self.init()
        let core = configuration.core
        retention = .seconds(86_400 * core.metricRetentionDays)
        minuteRetention = .seconds(86_400 * core.metricMinuteRetentionDays)
        hourRetention = .seconds(86_400 * core.metricHourRetentionDays)
        retentionRules = try configuration.retentionRules()
        lateWindow = core.metricLateWindowMs.map { .milliseconds($0) }
    }
}
