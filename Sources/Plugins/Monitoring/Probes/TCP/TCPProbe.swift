internal import OpsCore

/// Connects, says what there is to say, and waits for what is expected.
struct TCPProbe: Probe {
    private let tools: ProbeTools
    private let target: TCPTarget
    private let rules: TCPRules
    private let send: [UInt8]

    init(_ tools: ProbeTools, target: TCPTarget, rules: TCPRules, send: [UInt8]) {
        self.tools = tools
        self.target = target
        self.rules = rules
        self.send = send
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        var outcome = TCPOutcome(ending: .timedOut, totalSeconds: 0)
        do {
            let stream = try await connect(within: timeout)
            let connected = tools.time.uptime() - start
            let conversation = TCPConversation(
                stream, send: send, expect: Array((rules.expect ?? "").utf8))
            outcome = await conversation.carryOut(within: timeout - connected)
            outcome.connectSeconds = connected / .seconds(1)
        } catch let error as LoopError {
            outcome.ending =
                error.name == "ETIMEDOUT" ? .timedOut : .notConnected(reason: error.reason)
        } catch {
            outcome.ending = .cancelled
        }
        outcome.totalSeconds = (tools.time.uptime() - start) / .seconds(1)
        return rules.judge(outcome)
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
