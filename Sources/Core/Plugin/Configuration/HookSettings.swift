/// How a plugin takes part in a hook, as the operator decides in `plugins.json`.
public struct HookSettings: Declared, Equatable {
    /// What happens when the plugin does not answer properly.
    public enum OnError: String, Sendable, Codable, CaseIterable {
        /// As if it had let the call pass.
        case `continue`
        /// The call fails.
        case fail
    }

    /// Lower ones are asked first.
    @Param("Where the plugin stands among others: lower ones are asked first.")
    public var priority: Int = 0
    /// What happens when the plugin fails, is late or is not there.
    @Param("What happens when the plugin fails, is late or is not there.")
    public var onError: OnError = .continue

    /// The settings that hold where nobody sets others.
    public init() {}

    /// Whether both say the same.
    public static func == (left: HookSettings, right: HookSettings) -> Bool {
        left.priority == right.priority && left.onError == right.onError
    }
}
