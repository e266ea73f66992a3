internal import OpsJSONRPC

/// Why a request is not carried out: the status for HTTP, the error for people and programs.
struct HTTPRefusal: Error {
    let status: HTTPStatus
    let error: RPCError
    /// Further header lines, each with its end.
    var headers = ""
    /// Whether what follows on the connection can't be trusted to be a request.
    var endsConnection = false

    init(
        _ status: HTTPStatus, _ error: RPCError, headers: String = "", endsConnection: Bool = false
    ) {
        self.status = status
        self.error = error
        self.headers = headers
        self.endsConnection = endsConnection
    }

    /// The request is none, or could be understood in two ways.
    static func malformed(_ message: String) -> HTTPRefusal {
        HTTPRefusal(.badRequest, .invalidRequest(message), endsConnection: true)
    }

    static func notFound(_ path: String) -> HTTPRefusal {
        HTTPRefusal(
            .notFound,
            .notFound("There is nothing at \(path).", hint: "JSON-RPC is spoken at /rpc and /ws."))
    }

    static func method(allowed: String) -> HTTPRefusal {
        HTTPRefusal(
            .methodNotAllowed, .invalidRequest("Only \(allowed) is possible here."),
            headers: "Allow: \(allowed)\r\n")
    }

    static func unauthenticated(_ error: RPCError) -> HTTPRefusal {
        HTTPRefusal(
            .unauthorized, error, headers: "WWW-Authenticate: Bearer realm=\"opsloop\"\r\n")
    }

    static func forbidden(_ message: String, hint: String) -> HTTPRefusal {
        var error = RPCError.forbidden(message)
        error.hint = hint
        return HTTPRefusal(.forbidden, error)
    }
}
