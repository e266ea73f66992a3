internal import OpsJSONRPC

struct ListPlugins: Method {
    static let name = "plugin.list"
    static let summary = "Lists the plugins and their states."
    static let effect = Effect.read
    static let columns = ["name", "state", "version", "restarts", "summary"]
    typealias Result = Page<PluginStatus>
}

struct GetPlugin: Method {
    static let name = "plugin.get"
    static let summary = "Shows one plugin: its state, methods, events and grants."
    static let effect = Effect.read
    @Param("The plugin's name.", .positional) var plugin: String
    typealias Result = PluginStatus
}

struct CheckPlugin: Method {
    static let name = "plugin.check"
    static let summary = "Tries a plugin's program and settings out, beside the one that runs."
    // It starts a program, with the plugin's secrets in its environment.
    static let effect = Effect.write
    @Param("The plugin's name.", .positional) var plugin: String
    struct Result: Codable, Sendable {
        /// Whether the plugin would start, as far as can be told without starting it.
        var ok: Bool
        /// What is wrong.
        var problem: String?
        /// Its version.
        var version: String?
        /// The methods that it declares.
        var methods: [String]
    }
}

struct RestartPlugin: Method {
    static let name = "plugin.restart"
    static let summary = "Stops a plugin and starts it again, however often it was started before."
    static let effect = Effect.write
    @Param("The plugin's name.", .positional) var plugin: String
    typealias Result = PluginStatus
}

struct ReadPluginLogs: Method {
    static let name = "plugin.logs"
    static let summary = "Shows the last lines of a plugin's log, oldest first."
    static let effect = Effect.read
    static let columns = ["at", "level", "message"]
    @Param("The plugin's name.", .positional) var plugin: String
    @Param("How many lines at most.", .range(1...1000)) var limit: Int = 100
    typealias Result = Page<PluginLogLine>
}

struct ListHooks: Method {
    static let name = "hook.list"
    static let summary = "Lists who is asked before which method, in the order of asking."
    static let effect = Effect.read
    static let columns = ["hook", "position", "plugin", "priority", "on_error", "timeout_ms"]
    struct Hook: Codable, Sendable {
        /// The hook's name.
        var hook: String
        /// The plugin's place in the order, from 1.
        var position: Int
        /// Who is asked.
        var plugin: String
        /// What the operator has set.
        var priority: Int
        /// What happens when the plugin fails.
        var onError: HookSettings.OnError
        /// How long it may take.
        var timeoutMs: Int
        /// The plugins that it wants to stand before.
        var before: [String]
        /// The plugins that it wants to stand after.
        var after: [String]
    }
    typealias Result = Page<Hook>
}
