import CLibuv
import Glibc

/// An IPv4 or IPv6 address.
public struct IPAddress: Sendable, Hashable {
    /// The 4 or 16 bytes of the address, in the order of the network.
    public let octets: [UInt8]
    /// The number of the interface that a link-local IPv6 address belongs to, or 0.
    public let zone: UInt32

    /// Reads an address in its numeric form, such as `192.0.2.1`, `::1` or `fe80::1%eth0`.
    public init?(_ text: String) {
        guard !text.utf8.contains(0), let address = SocketAddress.parse(text, 0) else { return nil }
        self.init(address)
    }

    /// The address of a socket address of the internet; others have none.
    init?(_ address: SocketAddress) {
        let parts: (octets: [UInt8], zone: UInt32)? = address.withPointer { pointer in
            let bytes = UnsafeRawPointer(pointer)
            switch CInt(pointer.pointee.sa_family) {
            case AF_INET:
                return (
                    withUnsafeBytes(of: bytes.load(as: sockaddr_in.self).sin_addr, Array.init), 0
                )
            case AF_INET6:
                let address = bytes.load(as: sockaddr_in6.self)
                return (withUnsafeBytes(of: address.sin6_addr, Array.init), address.sin6_scope_id)
            default:
                return nil
            }
        }
        guard let parts else { return nil }
        self.octets = parts.octets
        self.zone = parts.zone
    }

    /// Makes an address from its 4 or 16 bytes; nil when there are as many of neither.
    public init?(octets: some Sequence<UInt8>, zone: UInt32 = 0) {
        self.octets = Array(octets)
        self.zone = zone
        guard self.octets.count == 4 || self.octets.count == 16 else { return nil }
    }

    /// Whether it is an IPv6 address.
    public var isIPv6: Bool { self.octets.count == 16 }
}

extension IPAddress: CustomStringConvertible {
    /// The address in its shortest numeric form, without the zone.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        uv_inet_ntop(self.isIPv6 ? AF_INET6 : AF_INET, self.octets, &text, text.count)
        return text.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
