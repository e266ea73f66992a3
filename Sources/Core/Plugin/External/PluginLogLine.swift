public import OpsJSONRPC

/// One line of what a plugin, or the host about it, had to say.
public struct PluginLogLine: Codable, Sendable {
    /// When.
    public var at: Instant
    /// How much it matters: trace, debug, info, notice, warning, error, critical.
    public var level: String
    /// What was said.
    public var message: String
}
