/// The limits that `plugins.json` sets.
struct CheckLimits: Sendable, Equatable {
    var maxConcurrentChecks = 256
    var minIntervalMs = 1000
    var historyRetention = Duration.seconds(730 * 86_400)
}

extension CheckLimits {
    init(_ settings: MonitoringSettings) {
        maxConcurrentChecks = settings.maxConcurrentChecks
        minIntervalMs = settings.minIntervalMs
        historyRetention = .seconds(settings.historyRetentionDays * 86_400)
    }
}
