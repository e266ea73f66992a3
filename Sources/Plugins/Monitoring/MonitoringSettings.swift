public import OpsCore
public import OpsJSONRPC

/// What `plugins.json` may say under the plugin's `config`.
public struct MonitoringSettings: Declared {
    /// The checks that the file asks for, as `check.create` takes them.
    @Param("Checks that exist because this file says so; each has the members of check.create.")
    public var checks: [JSON] = []
    /// How many checks may run at the same time.
    @Param("How many checks may run at the same time.", .range(1...100_000))
    public var maxConcurrentChecks: Int = 256
    /// The shortest interval that a check may ask for.
    @Param("The shortest interval and retry interval that a check may have.", .range(10...60_000))
    public var minIntervalMs: Int = 1000
    /// How long the history of hard state changes is kept.
    @Param("How many days a check's history is kept.", .range(1...36_500))
    public var historyRetentionDays: Int = 730

    /// Makes the default settings.
    public init() {}
}
