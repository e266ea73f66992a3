internal import OpsCore

/// Looks a host up and asks it for echoes.
struct ICMPProbe: Probe {
    private let tools: ProbeTools
    private let host: String
    private let family: IPFamily
    private let plan: PingPlan
    private let rules: ICMPRules

    init(
        _ tools: ProbeTools, host: String, family: IPFamily, plan: PingPlan, rules: ICMPRules
    ) {
        self.tools = tools
        self.host = host
        self.family = family
        self.plan = plan
        self.rules = rules
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let outcome = await look(within: timeout, from: start)
        return rules.judge(outcome, seconds: (tools.time.uptime() - start) / .seconds(1))
    }

    private func look(within timeout: Duration, from start: Duration) async -> ICMPOutcome {
        do {
            let found = try await HostLookup.addresses(of: host, timeout: timeout, on: tools.loop)
            guard let address = family.choose(found) else {
                return .noAddress(reason: "no \(family.rawValue) address")
            }
            let left = timeout - (tools.time.uptime() - start)
            return .sent(address, await tools.pinger.ping(address, plan.fitted(into: left)))
        } catch let error as LoopError {
            return .noAddress(reason: error.reason)
        } catch {
            return .sent(nil, PingReport(isCancelled: true))
        }
    }
}
