internal import OpsJSONRPC

/// The methods that the core itself answers.
enum CoreMethods {
    static let owner = "core"

    /// The names under which the core keeps tables, schedules and methods; no plugin has them.
    static let reservedOwners: Set<String> = [
        owner, "schedule", "plugin", CallMemory.owner, StoreSchema.owner, SeriesSchema.owner,
        TokenSchema.owner,
    ]

    static let declarations =
        [
            MethodDeclaration(Ping.self),
            MethodDeclaration(GetSystemInfo.self),
            MethodDeclaration(GetSystemStats.self),
            MethodDeclaration(ReloadSystem.self),
            MethodDeclaration(Discover.self),
            MethodDeclaration(ListPlugins.self),
            MethodDeclaration(GetPlugin.self),
            MethodDeclaration(CheckPlugin.self),
            MethodDeclaration(RestartPlugin.self),
            MethodDeclaration(ReadPluginLogs.self),
            MethodDeclaration(ListHooks.self),
            MethodDeclaration(ReadEvents.self),
            MethodDeclaration(SubscribeToEvents.self),
            MethodDeclaration(UnsubscribeFromEvents.self),
            MethodDeclaration(QuerySearch.self),
        ] + AuditHandlers.declarations + LinkMethods.declarations + TokenHandlers.declarations
        + RecordHandlers.declarations
}

struct Ping: Method {
    static let name = "system.ping"
    static let summary = "Answers at once, to show that the daemon does."
    static let effect = Effect.read
    struct Result: Codable, Sendable { var pong = true }
}

struct GetSystemInfo: Method {
    static let name = "system.info"
    static let summary = "Says which OpsLoop this is, since when it runs and with what."
    static let effect = Effect.read
    typealias Result = SystemInfo
}

struct GetSystemStats: Method {
    static let name = "system.stats"
    static let summary = "Measures the daemon itself: loop lag, memory, calls, commits, samples."
    static let effect = Effect.read
    typealias Result = SystemStats
}

struct ReloadSystem: Method {
    static let name = "system.reload"
    static let summary = "Reads plugins.json again and gives the plugins their new settings."
    static let effect = Effect.write
    struct Result: Codable, Sendable {
        /// What the reload did to each plugin.
        var plugins: [String: PluginHost.Reloaded]
    }
}

struct Discover: Method {
    static let name = "rpc.discover"
    static let summary = "Describes every method as an OpenRPC document."
    static let effect = Effect.read
    typealias Result = JSON.Object
}

struct ReadEvents: Method {
    static let name = "event.read"
    static let summary = "Reads the event log from a sequence number on, oldest first."
    static let effect = Effect.read
    static let columns = ["seq", "at", "topic", "ref", "data"]
    @Param(
        "The first sequence number wanted, 0 for the oldest that is kept; without it, the last "
            + "`limit` events.",
        .present(.atLeast(0)))
    var fromSeq: Int64?
    @Param("Topics or patterns such as check.*", .positional) var topics: [String] = ["*"]
    @Param("How many events at most.", .range(1...1000)) var limit: Int = 100
    @Param(
        "How long to wait for an event when there is none; the answer comes with the first one.",
        .range(0...60_000))
    var waitMs: Int = 0
    struct Result: Codable, Sendable {
        /// The events, oldest first.
        var items: [Event]
        /// What to give as `from_seq` to read on; past the events of other topics as well.
        var nextSeq: Int64
    }
}

struct SubscribeToEvents: Method {
    static let name = "event.subscribe"
    static let summary = "Sends events to this connection as they happen, as event.event."
    static let effect = Effect.read
    @Param("Topics or patterns such as check.*", .positional) var topics: [String] = ["*"]
    @Param(
        "Send everything from this sequence number on first, 0 for everything that is kept.",
        .present(.atLeast(0)))
    var fromSeq: Int64?
    struct Result: Codable, Sendable {
        /// Names the subscription in `event.event`, `event.lost` and `event.unsubscribe`.
        var subscription: String
        /// The first sequence number that will be sent, if its topic is wanted.
        var seq: Int64
    }
}

struct UnsubscribeFromEvents: Method {
    static let name = "event.unsubscribe"
    static let summary = "Ends a subscription of this connection."
    static let effect = Effect.read
    @Param("The subscription's name.", .positional) var subscription: String
    typealias Result = Done
}

struct QuerySearch: Method {
    static let name = "search.query"
    static let summary = "Searches everything that the plugins index."
    static let effect = Effect.read
    static let columns = ["ref", "title", "snippet"]
    @Param("Words; a word that ends in * matches its beginnings.", .positional, .length(1...1000))
    var text: String
    @Param("Only records of these nouns: ticket, ci, check, ...")
    var nouns: [String] = []
    @Param(
        "Only records that have each of these exactly, as state=resolved; the plugins say which "
            + "theirs have.")
    var facets: [String: String] = [:]
    @Param("How many hits at most.", .range(1...1000)) var limit: Int = 20
    @Param("Where the last page ended.") var cursor: String?
    struct Result: Codable, Sendable {
        /// The hits, best first.
        var items: [SearchHit]
        /// How many hits there are in all.
        var total: Int
        /// What to give as `cursor` for the next page.
        var nextCursor: String?
    }
}
