internal import OpsCore

/// How a run of an `icmp` check went.
enum ICMPOutcome: Sendable, Equatable {
    /// The host has no address to send to.
    case noAddress(reason: String)
    case sent(IPAddress?, PingReport)
}
