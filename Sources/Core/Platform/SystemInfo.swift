public import OpsJSONRPC

/// What `system.info` says.
public struct SystemInfo: Codable, Sendable {
    /// OpsLoop's version.
    public var version: String
    /// When this process started the platform.
    public var startedAt: Instant
    /// How long ago that was.
    public var uptimeMs: Int64
    /// The process.
    public var pid: Int
    /// The machine's name.
    public var hostname: String
    /// Where the data lies.
    public var dataDirectory: String
    /// The plugins and their states.
    public var plugins: [PluginState]
    /// The versions of the libraries underneath.
    public var libraries: [String: String]

    /// A plugin's name and state.
    public struct PluginState: Codable, Sendable {
        /// The plugin's name.
        public var name: String
        /// Where it is in its life.
        public var state: PluginHost.State
    }
}

/// What `system.stats` says.
public struct SystemStats: Codable, Sendable {
    /// How late the loop's own timer fired, over the last minute.
    public var loopLagMs: Lag
    /// The process' resident memory.
    public var rssBytes: Int
    /// Requests dispatched since the start, in-process calls included.
    public var calls: Int
    /// Events delivered since the start.
    public var events: Int
    /// The number of the last event.
    public var lastEventSeq: Int64
    /// The store's counters.
    public var store: JSON
    /// The metric store's counters.
    public var series: JSON
    /// The counters of the transports.
    public var transports: [String: JSON]

    /// Milliseconds of lag.
    public struct Lag: Codable, Sendable {
        /// The median.
        public var p50: Double
        /// The 99th percentile.
        public var p99: Double
        /// The worst.
        public var max: Double
    }
}
