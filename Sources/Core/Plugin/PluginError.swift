public import OpsJSONRPC

/// Why a plugin was not taken up, started or reloaded: which plugin, which key, which value.
public struct PluginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is.
    public enum Code: String, Sendable {
        /// `plugins.json` or the plugin's settings are wrong.
        case badSettings = "bad_settings"
        /// Two plugins claim the same thing.
        case conflict
        /// A plugin needs another that is not there.
        case missingRequirement = "missing_requirement"
        /// What a plugin says about itself does not fit, or is nonsense.
        case badManifest = "bad_manifest"
        /// A plugin wants more than it is granted.
        case notGranted = "not_granted"
        /// The plugin broke its contract or failed to start.
        case startFailed = "start_failed"
        /// The plugin failed to take its new settings.
        case reloadFailed = "reload_failed"
    }

    /// What kind of mistake it is.
    public let code: Code
    /// The plugin concerned, or `plugins.json` itself.
    public let plugin: String
    /// What is wrong.
    public let message: String

    /// The sentence for the operator.
    public var description: String { "\(plugin): \(message)" }

    /// Makes an error about a plugin or a configuration file.
    public init(code: Code, plugin: String, message: String) {
        self.code = code
        self.plugin = plugin
        self.message = message
    }

    static func conflict(_ plugin: String, _ message: String) -> PluginError {
        PluginError(code: .conflict, plugin: plugin, message: message)
    }

    static func startFailed(_ plugin: String, _ message: String) -> PluginError {
        PluginError(code: .startFailed, plugin: plugin, message: message)
    }

    /// Whether another attempt may have another end.
    var isTransient: Bool { code == .startFailed || code == .reloadFailed }

    static func missing(_ plugin: String, _ message: String) -> PluginError {
        PluginError(code: .missingRequirement, plugin: plugin, message: message)
    }

    /// Bad settings of a plugin, named key by key with the values that were found, unless they
    /// are among the `secrets`.
    public static func badSettings(
        _ plugin: String, _ fields: [RPCError.FieldError], in config: JSON,
        secrets: Set<String> = []
    ) -> PluginError {
        let lines = fields.map { field in
            guard !field.path.isEmpty else { return field.reason }
            let isSecret = secrets.contains(String(field.path.prefix { !".[".contains($0) }))
            let value = isSecret ? nil : config.value(at: field.path)
            return "\(field.path) \(field.reason)" + (value.map { " (found \($0.text))" } ?? "")
        }
        return PluginError(
            code: .badSettings, plugin: plugin, message: lines.joined(separator: "; "))
    }
}

extension JSON {
    /// Follows a path such as `checks[2].url`.
    func value(at path: String) -> JSON? {
        var current: JSON? = self
        for part in path.split(whereSeparator: { ".[".contains($0) }) {
            if part.hasSuffix("]"), let index = Int(part.dropLast()) {
                current = current?[index]
            } else {
                current = current?[String(part)]
            }
        }
        return current
    }
}
