public import OpsCore
public import OpsJSONRPC

/// The limits of the socket server, under `server` in `plugins.json`.
public struct ServerSettings: Declared {
    /// The longest message that is accepted.
    @Param("The longest message in bytes.", .range(1024...(64 << 20)))
    public var maxFrameBytes: Int = 4 << 20
    /// The deepest nesting that is accepted.
    @Param("The deepest nesting of a message.", .range(8...1024))
    public var maxDepth: Int = 128
    /// The longest batch that is accepted.
    @Param("The most requests in a batch.", .range(1...10_000))
    public var maxBatch: Int = 100
    /// How many calls of one connection may be unanswered before it is no longer read.
    @Param(
        "The most unanswered calls of a connection; no more are read until one is answered.",
        .range(1...10_000))
    public var maxInFlight: Int = 64
    /// How many connections there may be.
    @Param("The most connections.", .range(1...100_000))
    public var maxConnections: Int = 256
    /// How many connections one user may have.
    @Param("The most connections of one user.", .range(1...100_000))
    public var maxConnectionsPerUser: Int = 64
    /// From here on a connection that does not read its answers is not read either.
    @Param(
        "Unread answers in bytes from which on a connection is no longer read.",
        .range(1024...(1 << 30)))
    public var writeQueueSoftBytes: Int = 1 << 20
    /// From here on such a connection is closed.
    @Param(
        "Unread answers in bytes from which on a connection is closed.", .range(1024...(1 << 30)))
    public var writeQueueHardBytes: Int = 8 << 20
    /// How long a message may take to arrive in full.
    @Param("How long a message may take to arrive in full.", .range(100...3_600_000))
    public var partialFrameTimeoutMs: Int = 30_000

    /// Who may connect, as far as the file system decides it.
    @Param(
        "The mode of the socket's file: who may write to it may connect.",
        .matching("an octal mode such as 0660") { SocketMode($0) != nil }, .example("0660"))
    public var socketMode: String = "0600"
    /// The socket's group, by name or number.
    @Param("The group of the socket's file, by name or number; the daemon's own by default.")
    public var socketGroup: String?

    /// How to be reached by HTTP and WebSocket, as written; the web server reads it.
    @Param("How to be reached by HTTP and WebSocket; not at all when it lists no address.")
    public var http: JSON = [:]

    /// Makes the default limits.
    public init() {}

    var messageLimits: MessageLimits { MessageLimits(maxDepth: maxDepth, maxBatch: maxBatch) }
}
