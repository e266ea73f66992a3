internal import OpsCore
internal import OpsJSONRPC

/// Asks a host for echoes.
struct ICMPCheck: CheckKind {
    static let kind = "icmp"
    static let summary = "Asks a host for echoes and looks at what is lost and how long they take."

    @Param("The name or address to ask.", .positional, .length(1...255), .example("192.0.2.1"))
    var host: String
    @Param("Which of the host's addresses is asked: the first of any kind, or of one.")
    var ipFamily = IPFamily.any
    @Param("How many packets are sent.", .range(1...100))
    var packetCount = 3
    @Param(
        "The time from one packet to the next; shorter when the check's timeout demands it.",
        .range(10...60_000))
    var packetIntervalMs = 200
    @Param("After what time the last packet counts as lost.", .range(1...60_000))
    var packetTimeoutMs = 1000
    @Param("How many bytes a packet carries behind its header.", .range(8...65_000))
    var payloadBytes = 56
    @Param("A warning when so many percent of the packets are lost.", .range(0...100))
    var lossWarningPercent = 20.0
    @Param("Critical when so many percent of the packets are lost.", .range(0...100))
    var lossCriticalPercent = 80.0
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?

    private var loss: Limits {
        Limits(warning: lossWarningPercent, critical: lossCriticalPercent)
    }

    private var slowness: Limits {
        Limits(warningMs: slowWarningMs, criticalMs: slowCriticalMs)
    }

    func validate() throws(RPCError) {
        try refuse(
            loss.problems("loss_warning_percent", "loss_critical_percent")
                + slowness.problems("slow_warning_ms", "slow_critical_ms"))
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        ICMPProbe(
            tools, host: host, family: ipFamily,
            plan: PingPlan(
                count: packetCount, interval: .milliseconds(packetIntervalMs),
                patience: .milliseconds(packetTimeoutMs), payloadBytes: payloadBytes),
            rules: ICMPRules(host: host, lossPercent: loss, seconds: slowness))
    }
}
