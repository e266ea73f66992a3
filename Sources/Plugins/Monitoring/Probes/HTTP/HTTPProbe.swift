internal import OpsCore

/// Sends one request and judges what came back.
struct HTTPProbe: Probe {
    private let tools: ProbeTools
    private let request: HTTPRequest
    private let expectations: HTTPExpectations

    init(_ tools: ProbeTools, request: HTTPRequest, expectations: HTTPExpectations) {
        self.tools = tools
        self.request = request
        self.expectations = expectations
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let exchange = await tools.http.send(request, timeout: timeout)
        let complaint = await bodyComplaint(exchange)
        var result = expectations.judge(exchange, bodyComplaint: complaint, now: tools.time.now())
        result.duration = tools.time.uptime() - start
        return result
    }

    private func bodyComplaint(_ exchange: HTTPExchange) async -> String? {
        guard exchange.failure == nil, expectations.needsBody else { return nil }
        let expectations = expectations
        let look = { @Sendable in
            expectations.complaint(about: exchange.body, isCut: exchange.isCut)
        }
        // A pattern takes tens of milliseconds for a large body, and the loop has no such time.
        guard exchange.body.count > 4096 || expectations.pattern != nil else { return look() }
        do {
            return try await tools.loop.workers.run(look)
        } catch {
            return "the body was not looked at: \(error)"
        }
    }
}
