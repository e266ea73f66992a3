internal import OpsCore

/// Connects, shakes hands, and has the certificates looked at by a worker.
struct TLSProbe: Probe {
    private let tools: ProbeTools
    private let request: TLSRequest
    private let rules: TLSRules

    init(_ tools: ProbeTools, request: TLSRequest, rules: TLSRules) {
        self.tools = tools
        self.request = request
        self.rules = rules
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        var outcome = TLSOutcome(ending: .conversation(.timedOut))
        do {
            let stream = try await Connect.tcp(
                host: request.host, port: request.port, timeout: timeout, on: tools.loop)
            outcome.connectSeconds = seconds(since: start)
            let conversation = TLSConversation(
                stream, startTLS: request.startTLS, serverName: request.sentName)
            let ending = await conversation.carryOut(
                within: timeout - (tools.time.uptime() - start))
            outcome.ending = .conversation(ending)
            if case .complete(let introduction) = ending {
                outcome.handshakeSeconds = seconds(since: start)
                await judge(introduction, timeout - (tools.time.uptime() - start), &outcome)
            }
        } catch let error as LoopError {
            if error.name != "ETIMEDOUT" { outcome.ending = .notConnected(reason: error.reason) }
        } catch {
            outcome.ending = .conversation(.cancelled)
        }
        outcome.totalSeconds = seconds(since: start)
        return rules.judge(outcome, now: tools.time.now())
    }

    private func seconds(since start: Duration) -> Double {
        (tools.time.uptime() - start) / .seconds(1)
    }

    private func judge(
        _ introduction: TLSIntroduction, _ limit: Duration, _ outcome: inout TLSOutcome
    ) async {
        do {
            outcome.verdict = try await tools.verdict(on: introduction, for: request, within: limit)
        } catch {
            outcome.ending = .notJudged(reason: "\(error)")
        }
    }
}
