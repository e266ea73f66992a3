public import OpsJSONRPC

/// One entry of `plugins.json`: which plugin runs, and how.
public struct PluginConfiguration: Sendable, Equatable {
    /// What happens when the plugin does not start.
    public enum OnFailure: String, Sendable, CaseIterable, Codable {
        /// The daemon does not start.
        case abortStart = "abort_start"
        /// The daemon runs without the plugin; its methods answer `plugin_unavailable`.
        case degrade
    }

    /// The plugin's name.
    public var name: String
    /// Whether it runs at all.
    public var isEnabled: Bool
    /// What happens when it does not start.
    public var onFailure: OnFailure
    /// Its settings, as written.
    public var config: JSON

    /// Makes an entry.
    public init(
        name: String, isEnabled: Bool = true, onFailure: OnFailure = .abortStart,
        config: JSON = [:]
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.onFailure = onFailure
        self.config = config
    }
}
