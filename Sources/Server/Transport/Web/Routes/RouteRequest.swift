internal import CWebSockets
internal import OpsJSONRPC

/// A request as the method of a plugin that answers a route gets it.
struct RouteRequest: Sendable {
    let path: String
    let method: HTTPMethod
    private let query: JSON.Object
    private let headers: JSON.Object

    /// Reads what there is before the body; a token that was meant for us is not handed on.
    init(_ request: RequestHead, path: String, method: HTTPMethod, isPublic: Bool) {
        self.path = path
        self.method = method
        query = Self.query(of: request)
        headers = Self.headers(of: request, isPublic: isPublic)
    }

    /// The parameters of the call.
    func params(body: [UInt8]) -> JSON {
        var params: JSON.Object = [
            "http_method": .string(method.rawValue), "path": .string(path),
            "query": .object(query), "headers": .object(headers),
        ]
        if let text = String(validating: body, as: UTF8.self) {
            params["body"] = .string(text)
        } else {
            params["body_hex"] = .string(Hexadecimal.text(of: body))
        }
        return .object(params)
    }

    private static func query(of request: RequestHead) -> JSON.Object {
        var query = JSON.Object()
        for argument in request.arguments {
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty else { continue }
            query[String(name)] = .string(parts.count > 1 ? String(parts[1]) : "")
        }
        return query
    }

    private static func headers(of request: RequestHead, isPublic: Bool) -> JSON.Object {
        var headers = JSON.Object()
        for (token, name) in known { headers[name] = request.text(token).map { .string($0) } }
        if isPublic {
            headers["authorization"] = request.text(WSI_TOKEN_HTTP_AUTHORIZATION)
                .map { .string($0) }
        }
        for name in others { headers[name] = request.text(named: name + ":").map { .string($0) } }
        return headers
    }

    private static let known: [(lws_token_indexes, String)] = [
        (WSI_TOKEN_HOST, "host"), (WSI_TOKEN_ORIGIN, "origin"),
        (WSI_TOKEN_HTTP_ACCEPT, "accept"), (WSI_TOKEN_HTTP_CONTENT_TYPE, "content-type"),
        (WSI_TOKEN_HTTP_CONTENT_ENCODING, "content-encoding"),
        (WSI_TOKEN_HTTP_COOKIE, "cookie"), (WSI_TOKEN_HTTP_DATE, "date"),
        (WSI_TOKEN_HTTP_IF_NONE_MATCH, "if-none-match"), (WSI_TOKEN_HTTP_REFERER, "referer"),
        (WSI_TOKEN_HTTP_USER_AGENT, "user-agent"),
    ]

    /// The library finds a header that it does not know only by name, hence a list of those that
    /// webhooks and traces are known to have.
    private static let others = [
        "idempotency-key", "stripe-signature", "traceparent", "x-event-key", "x-forwarded-for",
        "x-gitea-event", "x-gitea-signature", "x-github-delivery", "x-github-event",
        "x-gitlab-event", "x-gitlab-token", "x-hub-signature-256", "x-request-id",
        "x-signature", "x-slack-request-timestamp", "x-slack-signature", "x-webhook-signature",
    ]
}
