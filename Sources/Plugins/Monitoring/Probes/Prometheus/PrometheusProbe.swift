internal import OpsCore
internal import OpsJSONRPC

/// Scrapes once: asks, unpacks, reads, and says how it went.
final class PrometheusProbe: Probe {
    /// What is longer is unpacked and read on a worker thread: the loop has no such time.
    private static let maxBytesOnLoop = 16 << 10

    private let tools: ProbeTools
    private let request: HTTPRequest
    private let rules: ScrapeRules
    private let memory: Guarded<ScrapeMemory>

    init(_ tools: ProbeTools, request: HTTPRequest, rules: ScrapeRules) {
        self.tools = tools
        self.request = request
        self.rules = rules
        memory = Guarded(ScrapeMemory(rules))
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let at = tools.time.now()
        let exchange = await tools.http.send(request, timeout: timeout)
        let answered = tools.time.uptime()
        let outcome = await outcome(of: exchange, at)
        var report = ScrapeReport(exchange: exchange, outcome: outcome, at: at)
        report.duration = tools.time.uptime() - start
        report.readDuration = tools.time.uptime() - answered
        return report.result(labels: rules.labels, maxBytes: request.maxBodyBytes)
    }

    private func outcome(
        of exchange: HTTPExchange, _ at: Instant
    ) async -> ScrapeReport.Outcome {
        if let refusal = ScrapeReport.refusal(of: exchange, maxBytes: request.maxBodyBytes) {
            return .failed(refusal)
        }
        let (memory, limit, uptime) = (memory, request.maxBodyBytes, tools.time.uptime())
        let read = { @Sendable in
            memory.withLock { Self.read(exchange, with: &$0, limit, at, uptime) }
        }
        guard exchange.body.count > Self.maxBytesOnLoop || exchange.isPacked else { return read() }
        do {
            return try await tools.loop.workers.run(read)
        } catch {
            return .failed(.ours("The answer was not read: \(error)"))
        }
    }

    private static func read(
        _ exchange: HTTPExchange, with memory: inout ScrapeMemory, _ limit: Int, _ at: Instant,
        _ uptime: Duration
    ) -> ScrapeReport.Outcome {
        do throws(ScrapeReport.Failure) {
            let bytes = try unpacked(exchange, limit)
            let format = ExpositionFormat(contentType: exchange.header("content-type") ?? "")
            return bytes.withUnsafeBytes { bytes in
                do throws(ScrapeRefusal) {
                    return .read(try memory.read(bytes, format, at: at, uptime: uptime))
                } catch {
                    return .failed(.theirs(error.reason))
                }
            }
        } catch {
            return .failed(error)
        }
    }

    private static func unpacked(
        _ exchange: HTTPExchange, _ limit: Int
    ) throws(ScrapeReport.Failure) -> [UInt8] {
        guard exchange.isPacked else { return exchange.body }
        do throws(Gunzip.Failure) {
            return try Gunzip.content(of: exchange.body, limit: limit)
        } catch {
            switch error {
            case .tooLong: throw .tooLong(limit)
            case .cut: throw .theirs("The answer's gzip ends too early")
            case .damaged: throw .theirs("The answer's gzip is damaged")
            }
        }
    }
}
