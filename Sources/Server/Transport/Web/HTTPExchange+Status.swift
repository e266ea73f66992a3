internal import CWebSockets
internal import OpsCore
internal import OpsJSONRPC

extension HTTPExchange {
    /// Says that the process lives and its loop turns.
    func reportHealth(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        return answer(.ok, Array("{\"ok\":true}\n".utf8))
    }

    /// Says whether calls can be answered: 200 or 503; why not is for those with a token.
    func reportReadiness(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        let isKnown = request.has(WSI_TOKEN_HTTP_AUTHORIZATION)
        if isKnown { try checkRights(of: try admit(request)) }
        return answer { platform in
            let readiness = await Readiness.of(platform)
            let body = Array((readiness.json(withDetails: isKnown).text + "\n").utf8)
            return HTTPAnswer(readiness.isReady ? .ok : .serviceUnavailable, body: body)
        }
    }

    func reportMetrics(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        try onlyToRead(request)
        if !connection.server.settings.metricsPublic { try checkRights(of: try admit(request)) }
        return answer { platform in
            HTTPAnswer(
                .ok, type: OpenMetricsText.mediaType, body: await MetricsPage.text(of: platform))
        }
    }

    private func onlyToRead(_ request: RequestHead) throws(HTTPRefusal) {
        guard request.method == .get || request.method == .head else {
            throw .method(allowed: "GET, HEAD")
        }
    }

    /// What these pages show is what `system.stats` shows.
    private func checkRights(of admission: Admission) throws(HTTPRefusal) {
        let attempt = AccessAttempt(
            method: "system.stats", owner: "core", effect: .read, params: nil)
        guard let refusal = admission.access?.refusal(attempt) else { return }
        connection.server.platform.access.noteDenial(
            of: attempt.method, to: admission.principal, refusal)
        if refusal.code == RPCError.unauthenticated("").code { throw .unauthenticated(refusal) }
        throw HTTPRefusal(.forbidden, refusal)
    }
}
