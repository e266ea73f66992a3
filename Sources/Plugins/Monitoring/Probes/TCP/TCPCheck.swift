internal import OpsCore
internal import OpsJSONRPC

/// Connects to a TCP port or a Unix socket, and may say something and wait for an answer.
struct TCPCheck: CheckKind {
    static let kind = "tcp"
    static let summary = "Connects to a TCP port or a Unix socket; may send a text and expect one."

    @Param("The name or address to connect to.", .positional, .present(.length(1...255)))
    var host: String?
    @Param("The port to connect to.", .positional, .present(.range(1...65_535)))
    var port: Int?
    @Param("The path of a Unix socket, instead of host and port.", .present(.length(1...107)))
    var socketPath: String?
    @Param("A text to send once connected.", .present(.length(1...65_536)))
    var send: String?
    @Param("A text that the answer must contain.", .present(.length(1...1000)))
    var expect: String?
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?

    func validate() throws(RPCError) {
        try refuse(targetProblems + slowness.problems("slow_warning_ms", "slow_critical_ms"))
    }

    private var targetProblems: [RPCError.FieldError] {
        switch (host, port, socketPath) {
        case (.some, .some, nil), (nil, nil, .some): []
        case (_, _, .some):
            [RPCError.FieldError(path: "socket_path", reason: "excludes host and port")]
        case (nil, _, nil): [RPCError.FieldError(path: "host", reason: "is required")]
        case (.some, nil, nil): [RPCError.FieldError(path: "port", reason: "is required")]
        }
    }

    private var slowness: Limits {
        Limits(warningMs: slowWarningMs, criticalMs: slowCriticalMs)
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        let target =
            socketPath.map { TCPTarget.unix(path: $0) }
            ?? .tcp(host: host ?? "", port: port ?? 0)
        return TCPProbe(
            tools, target: target,
            rules: TCPRules(target: target, expect: expect, seconds: slowness),
            send: send.map { Array($0.utf8) } ?? [])
    }
}
