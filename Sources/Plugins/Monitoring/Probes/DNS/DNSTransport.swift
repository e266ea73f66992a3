/// How a `dns` check asks.
enum DNSTransport: String, Codable, CaseIterable, Sendable {
    /// By UDP, and again by TCP when the answer does not fit.
    case udp
    case tcp
}
