public import OpsCore
public import OpsJSONRPC

/// How OpsLoop is reached by HTTP and WebSocket, under `server.http` in `plugins.json`.
///
/// Without an address it is not reached at all.
public struct WebSettings: Declared {
    /// Where to listen.
    @Param("Where to listen: numeric addresses with a port, such as 127.0.0.1:8080 or [::1]:0.")
    public var listen: [String] = []
    /// The certificate and what belongs to it.
    @Param("TLS; needed for every address that is not a loopback address.")
    public var tls: JSON?
    /// The web pages that may call.
    @Param("The origins of web pages that may call, such as https://ops.example.org.")
    public var origins: [String] = []
    /// The names that this server is called by.
    @Param("Host names that callers may use besides the addresses and localhost.")
    public var hosts: [String] = []
    /// Whether the metrics are for everybody.
    @Param("Whether /metrics is answered without a token.")
    public var metricsPublic: Bool = false
    /// How many connections there may be.
    ///
    /// libuv looks at up to 1024 ready descriptors at a time, and the library must not be called
    /// twice for one of them in a turn.
    @Param("The most connections.", .range(1...700))
    public var maxConnections: Int = 512
    /// How many connections one address may have.
    @Param("The most connections of one address.", .range(1...700))
    public var maxConnectionsPerAddress: Int = 256
    /// How long the head of a request may be.
    @Param("The longest head of a request in bytes.", .range(1024...65_000))
    public var maxHeaderBytes: Int = 16 << 10
    /// How long the first request may take to arrive.
    @Param("How long a new connection may take to send the head of a request.", .milliseconds)
    public var headerTimeoutMs: Int = 10_000
    /// How long a body may take to arrive.
    @Param("How long the body of a request may take to arrive.", .milliseconds)
    public var bodyTimeoutMs: Int = 30_000
    /// How long a connection may be idle.
    @Param("How long a connection may wait for its next request.", .milliseconds)
    public var idleTimeoutMs: Int = 75_000
    /// How long a client may read nothing of its answer.
    @Param("How long a client may read nothing of an answer.", .milliseconds)
    public var sendTimeoutMs: Int = 30_000
    /// How long a WebSocket may be silent before it is asked whether it is there.
    @Param(
        "How long a WebSocket may be silent; then it gets a ping, and as long to answer.",
        .milliseconds)
    public var pingIntervalMs: Int = 30_000
    /// How long a WebSocket may be without a token.
    @Param("How long a WebSocket may take to show its token.", .milliseconds)
    public var tokenTimeoutMs: Int = 5_000

    /// Makes the default settings.
    public init() {}
}

extension ParamRule where Value == Int {
    /// A time that makes sense for a network connection.
    static var milliseconds: Self { .range(10...3_600_000) }
}
