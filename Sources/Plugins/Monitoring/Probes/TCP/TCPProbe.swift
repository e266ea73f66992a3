internal import OpsCore

/// Connects, says what there is to say, and waits for what is expected.
struct TCPProbe: Probe {
    private let tools: ProbeTools
    private let target: TCPTarget
    private let rules: TCPRules
    private let tls: TLSRequest?
    private let send: [UInt8]

    init(
        _ tools: ProbeTools, target: TCPTarget, rules: TCPRules, tls: TLSRequest?, send: [UInt8]
    ) {
        self.tools = tools
        self.target = target
        self.rules = rules
        self.tls = tls
        self.send = send
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        var outcome = TCPOutcome(ending: .timedOut, totalSeconds: 0)
        do {
            let stream = try await connect(within: timeout)
            let connected = tools.time.uptime() - start
            let answer = await talk(on: stream, within: timeout - connected)
            outcome = answer.outcome
            outcome.connectSeconds = connected / .seconds(1)
            outcome.secureSeconds = answer.securedAt.map { ($0 - start) / .seconds(1) }
        } catch let error as LoopError {
            outcome.ending =
                error.name == "ETIMEDOUT" ? .timedOut : .notConnected(reason: error.reason)
        } catch {
            outcome.ending = .cancelled
        }
        outcome.totalSeconds = (tools.time.uptime() - start) / .seconds(1)
        await judgeCertificates(of: &outcome, timeout - (tools.time.uptime() - start))
        return rules.judge(outcome, now: tools.time.now())
    }

    private func talk(
        on stream: ByteStream, within limit: Duration
    ) async -> TCPConversation.Answer {
        let expect = Array((rules.expect ?? "").utf8)
        if tls == nil, send.isEmpty, expect.isEmpty {
            // Most checks only ask whether somebody answers.
            stream.closeFromAnywhere()
            return (TCPOutcome(ending: .complete, totalSeconds: 0), nil)
        }
        let conversation = TCPConversation(
            stream, tls: tls, send: send, expect: expect, uptime: tools.time.uptime)
        return await conversation.carryOut(within: limit)
    }

    private func judgeCertificates(of outcome: inout TCPOutcome, _ limit: Duration) async {
        guard let tls, let introduction = outcome.introduction else { return }
        do {
            outcome.verdict = try await tools.verdict(on: introduction, for: tls, within: limit)
        } catch {
            outcome.obstacle = "\(error)"
        }
    }

    private func connect(within limit: Duration) async throws -> ByteStream {
        switch target {
        case .tcp(let host, let port):
            try await Connect.tcp(host: host, port: port, timeout: limit, on: tools.loop)
        case .unix(let path):
            try await Connect.unix(path: path, timeout: limit, on: tools.loop)
        }
    }
}
