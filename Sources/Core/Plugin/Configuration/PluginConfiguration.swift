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
    /// The program and its arguments; nil for a plugin that is built in.
    public var exec: [String]?
    /// What the program's file must hash to, in hexadecimal digits.
    public var sha256: String?
    /// Whether it runs at all.
    public var isEnabled: Bool
    /// What happens when it does not start.
    public var onFailure: OnFailure
    /// Variables of the program's environment.
    public var environment: [String: String]
    /// Variables whose values are read from files and are secret.
    public var environmentFiles: [String: String]
    /// Its settings, as written.
    public var config: JSON
    /// What it may do; nil is everything for a built-in plugin and nothing for a program.
    public var grants: PluginGrants?
    /// How it takes part in hooks.
    public var hooks: [String: HookSettings]
    /// The limits within which it lives.
    public var policy: PluginPolicy

    /// Makes an entry.
    public init(
        name: String, exec: [String]? = nil, sha256: String? = nil, isEnabled: Bool = true,
        onFailure: OnFailure = .abortStart, environment: [String: String] = [:],
        environmentFiles: [String: String] = [:], config: JSON = [:], grants: PluginGrants? = nil,
        hooks: [String: HookSettings] = [:], policy: PluginPolicy = PluginPolicy()
    ) {
        self.name = name
        self.exec = exec
        self.sha256 = sha256
        self.isEnabled = isEnabled
        self.onFailure = onFailure
        self.environment = environment
        self.environmentFiles = environmentFiles
        self.config = config
        self.grants = grants
        self.hooks = hooks
        self.policy = policy
    }
}

extension PluginConfiguration {
    /// Whether the plugin's own settings are all that differs.
    func differsInSettingsOnly(from other: PluginConfiguration) -> Bool {
        var same = other
        same.config = config
        return same == self && config != other.config
    }
}
