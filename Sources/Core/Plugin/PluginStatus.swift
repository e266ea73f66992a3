public import OpsJSONRPC

/// What `plugin.list` says about one plugin.
public struct PluginStatus: Codable, Sendable {
    /// The plugin's name.
    public var name: String
    /// Its version.
    public var version: String
    /// One sentence that says what it is for.
    public var summary: String
    /// Where it is in its life.
    public var state: PluginHost.State
    /// Since when.
    public var since: Instant
    /// What went wrong last.
    public var error: String?
    /// The process, for a plugin that is a program.
    public var pid: Int?
    /// How often it was started again.
    public var restarts: Int
    /// The memory of its process.
    public var rssBytes: Int?
    /// How many calls are under way or wait.
    public var inFlight: Int
    /// How many events it has been given and has not handled within the time that a call may take;
    /// at 32 it gets no more.
    public var lateEvents: Int
    /// The plugins that it requires.
    public var requires: [String]
    /// The methods that it answers.
    public var methods: [String]
    /// The events that it announces.
    public var events: [String]
    /// What it is allowed to do; absent where nothing is forbidden.
    public var grants: PluginGrants?
    /// The HTTP paths that it answers.
    public var routes: [RouteDeclaration]
}
