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
        let (outcome, foundAt) = await look(within: timeout, from: start)
        let seconds = (tools.time.uptime() - start) / .seconds(1)
        var result = rules.judge(outcome, seconds: seconds)
        result.phases = Phase.parts([("lookup", foundAt), ("echo", seconds)], total: seconds)
        return result
    }

    /// Answers how it went, and after how many seconds the address was known.
    private func look(
        within timeout: Duration, from start: Duration
    ) async -> (ICMPOutcome, foundAt: Double?) {
        var foundAt: Double?
        do {
            let found = try await HostLookup.addresses(of: host, timeout: timeout, on: tools.loop)
            guard let address = family.choose(found) else {
                return (.noAddress(reason: "no \(family.rawValue) address"), nil)
            }
            foundAt = (tools.time.uptime() - start) / .seconds(1)
            let left = timeout - (tools.time.uptime() - start)
            let report = await tools.pinger.ping(address, plan.fitted(into: left))
            return (.sent(address, report), foundAt)
        } catch let error as LoopError {
            return (.noAddress(reason: error.reason), nil)
        } catch {
            return (.sent(nil, PingReport(isCancelled: true)), foundAt)
        }
    }
}
