internal import OpsCore

/// Asks a DNS server once.
struct DNSProbe: Probe {
    private let tools: ProbeTools
    private let question: DNSQuestion
    private let server: String?
    private let port: Int
    private let transport: DNSTransport
    private let rules: DNSRules

    init(
        _ tools: ProbeTools, question: DNSQuestion, server: String?, port: Int,
        transport: DNSTransport, rules: DNSRules
    ) {
        self.tools = tools
        self.question = question
        self.server = server
        self.port = port
        self.transport = transport
        self.rules = rules
    }

    func run(timeout: Duration) async -> CheckResult {
        let start = tools.time.uptime()
        let ending: DNSOutcome.Ending
        var foundAt: Double?
        do {
            let address = try await address(within: timeout)
            foundAt = (tools.time.uptime() - start) / .seconds(1)
            let lookup = DNSLookup(
                question, server: address, transport: transport, on: tools.loop)
            ending = await lookup.carryOut(within: timeout - (tools.time.uptime() - start))
        } catch let error as LoopError {
            ending = .impossible(reason: "\(error)")
        } catch {
            ending = .cancelled
        }
        let seconds = (tools.time.uptime() - start) / .seconds(1)
        var result = rules.judge(DNSOutcome(ending: ending, seconds: seconds))
        // The system's servers are known without a look.
        let lookup = server == nil ? [] : [("lookup", foundAt)]
        result.phases = Phase.parts(lookup + [("answer", seconds)], total: seconds)
        return result
    }

    /// The server's address as c-ares reads it; nil for the system's.
    private func address(within limit: Duration) async throws -> String? {
        guard let server else { return nil }
        let found = try await HostLookup.addresses(of: server, timeout: limit, on: tools.loop)
        guard let address = found.first else { return nil }
        return address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
