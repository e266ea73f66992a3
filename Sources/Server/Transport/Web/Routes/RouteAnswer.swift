internal import OpsJSONRPC

/// What the answer of a plugin's method, or its error, is in HTTP.
enum RouteAnswer {
    /// Reads `{status, headers, body}`, each of which may be left out.
    static func answer(_ result: JSON) -> HTTPAnswer {
        let status = result["status"]?.int ?? 200
        guard (200...599).contains(status) else {
            return answer(RPCError.internalError("The plugin answered with a status that is none."))
        }
        var type = "text/plain; charset=utf-8"
        var headers = ""
        for (name, value) in (result["headers"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let value = value.string, isHarmless(name, value) else { continue }
            if name.lowercased() == "content-type" {
                type = value
            } else {
                headers += "\(name): \(value)\r\n"
            }
        }
        // With these the bytes would be taken for the next answer.
        let text = bodiless.contains(status) ? nil : result["body"]?.string
        let body = text.map { Array($0.utf8) } ?? []
        return HTTPAnswer(status: status, type: type, headers: headers, body: body)
    }

    /// The statuses that have no body: No Content, Reset Content, Not Modified.
    private static let bodiless: Set<Int> = [204, 205, 304]

    static func answer(_ error: RPCError) -> HTTPAnswer {
        var body: [UInt8] = []
        MessageWriter.error(error, id: .null, to: &body)
        return HTTPAnswer(status: status(of: error), body: body)
    }

    private static func status(of error: RPCError) -> Int {
        switch error.kind {
        case "unauthenticated": 401
        case "forbidden": 403
        case "not_found": 404
        case "invalid_params", "invalid_request": 400
        case "conflict", "stale_generation": 409
        case "too_large": 413
        case "rate_limited": 429
        case "busy", "plugin_unavailable", "plugin_terminated": 503
        case "deadline_exceeded": 504
        default: 500
        }
    }

    /// Whether a header is one, and not one that is ours to write.
    private static func isHarmless(_ name: String, _ value: String) -> Bool {
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
        return isName && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && !ours.contains(name.lowercased())
    }

    private static let ours: Set<String> = [
        "connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade",
    ]
}
