internal import OpsCore
internal import OpsJSONRPC

extension HTTPExchange {
    /// Says that the process lives and its loop turns.
    func reportHealth(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        return answer(.ok, Array("{\"ok\":true}\n".utf8))
    }

    /// Says whether calls can be answered: 200 or 503.
    func reportReadiness(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        throw .notFound("/readyz")
    }

    func reportMetrics(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        throw .notFound("/metrics")
    }

    private func onlyToRead(_ request: RequestHead) throws(HTTPRefusal) {
        switch request.method {
        case .get: return
        case .head: isWithoutBody = true
        default: throw .method(allowed: "GET, HEAD")
        }
    }
}
