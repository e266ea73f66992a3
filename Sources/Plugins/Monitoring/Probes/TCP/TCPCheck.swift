internal import OpsCore
internal import OpsJSONRPC

/// Connects to a TCP port or a Unix socket, and may say something and wait for an answer.
struct TCPCheck: CheckKind {
    static let kind = "tcp"
    static let summary = "Connects to a TCP port or a Unix socket; may send a text and expect one."

    static let independent: Set = ["host", "send", "expect"]

    @Param("The name or address to connect to.", .positional, .present(.length(1...255)))
    var host: String?
    @Param("The port to connect to.", .positional, .present(.range(1...65_535)))
    var port: Int?
    @Param("The path of a Unix socket, instead of host and port.", .present(.length(1...107)))
    var socketPath: String?
    @Param("Whether TLS is spoken.")
    var tls = false
    @Param(
        "The name that the certificate must be for, if it is not that of host.",
        .present(.length(1...255)))
    var serverName: String?
    @Param("Whether the server's certificate must be valid.")
    var verifyTLS = true
    @Param("A file of certificates to trust instead of the system's, by its full path.")
    var caFile: String?
    @Param("A text to send once connected.", .present(.length(1...65_536)))
    var send: String?
    @Param("A text that the answer must contain.", .present(.length(1...1000)))
    var expect: String?
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?

    func validate() throws(RPCError) {
        try refuse(
            targetProblems + tlsProblems + slowness.problems("slow_warning_ms", "slow_critical_ms"))
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

    private var tlsProblems: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        if tls, socketPath != nil {
            problems.append(.init(path: "tls", reason: "needs host and port"))
        }
        for (path, value) in [("server_name", serverName), ("ca_file", caFile)]
        where value != nil && !tls {
            problems.append(.init(path: path, reason: "needs tls"))
        }
        if caFile.map({ $0.hasPrefix("/") }) == false {
            problems.append(.init(path: "ca_file", reason: "must be a full path"))
        }
        return problems
    }

    private var slowness: Limits {
        Limits(warningMs: slowWarningMs, criticalMs: slowCriticalMs)
    }

    private var tlsRequest: TLSRequest? {
        guard tls, let host, let port else { return nil }
        return TLSRequest(host: host, port: port, name: serverName ?? host, caFile: caFile)
    }

    /// What is asked of certificates; versions and ciphers are the business of a `tls` check.
    private func tlsRules(_ target: TCPTarget) -> TLSRules? {
        tlsRequest.map { request in
            TLSRules(
                target: target, name: request.name, verifies: verifyTLS, days: Limits(),
                minVersion: .v10, cipher: nil, seconds: Limits())
        }
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        let target =
            socketPath.map { TCPTarget.unix(path: $0) }
            ?? .tcp(host: host ?? "", port: port ?? 0)
        return TCPProbe(
            tools, target: target,
            rules: TCPRules(
                target: target, expect: expect, seconds: slowness, tls: tlsRules(target)),
            tls: tlsRequest, send: send.map { Array($0.utf8) } ?? [])
    }
}
