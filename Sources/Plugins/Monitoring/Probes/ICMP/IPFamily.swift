internal import OpsCore

/// Which addresses of a host are looked at.
enum IPFamily: String, Codable, CaseIterable, Sendable {
    case any
    case ipv4
    case ipv6

    /// Returns the first address that fits.
    func choose(_ addresses: [IPAddress]) -> IPAddress? {
        switch self {
        case .any: addresses.first
        case .ipv4: addresses.first { !$0.isIPv6 }
        case .ipv6: addresses.first(where: \.isIPv6)
        }
    }
}
