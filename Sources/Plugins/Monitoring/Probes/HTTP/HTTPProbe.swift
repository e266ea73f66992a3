internal import OpsCore

/// Sends one request and judges what came back.
final class HTTPProbe: Probe {
    private let tools: ProbeTools
    private let request: HTTPRequest
    private let expectations: HTTPExpectations
    /// Whether the next run may use an open connection.
    ///
    /// It may when the last one met neither TLS nor a redirect, which could lead to TLS. Only a new
    /// connection shows its certificate, and libcurl looks for an open one after each redirect.
    private let mayReuse = Guarded(false)

    init(_ tools: ProbeTools, request: HTTPRequest, expectations: HTTPExpectations) {
        self.tools = tools
        self.request = request
        self.expectations = expectations
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        var exchange = await ask(within: timeout)
        // A redirect that is new may have met a connection that another check left open, which is
        // closed by now.
        for _ in 0..<2 where exchange.lacksCertificate {
            exchange = await ask(within: timeout - (tools.time.uptime() - start))
        }
        let findings = await findings(in: exchange)
        var result = expectations.judge(exchange, findings: findings, now: tools.time.now())
        result.duration = tools.time.uptime() - start
        return result
    }

    private func ask(within limit: Duration) async -> HTTPExchange {
        var request = request
        request.reusesConnection = request.reusesConnection && mayReuse.withLock { $0 }
        let exchange = await tools.http.send(request, timeout: limit)
        mayReuse.withLock { $0 = !exchange.isEncrypted && exchange.redirects == 0 }
        return exchange
    }

    private func findings(
        in exchange: HTTPExchange
    ) async -> [HTTPExpectations.Finding] {
        guard exchange.failure == nil else { return [] }
        let expectations = expectations
        let look = { @Sendable in expectations.findings(in: exchange) }
        // A pattern takes tens of milliseconds for a large body, and the loop has no such time.
        guard exchange.body.count > 4096 || expectations.pattern != nil else { return look() }
        do {
            return try await tools.loop.workers.run(look)
        } catch {
            return [.init(state: .critical, words: "the body was not looked at: \(error)")]
        }
    }
}
