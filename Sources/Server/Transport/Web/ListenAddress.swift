internal import Glibc

/// An address to listen on: a numeric IP address and a port.
struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Without brackets.
    let host: String
    let port: Int
    let isIPv6: Bool

    init(host: String, port: Int, isIPv6: Bool) {
        self.host = host
        self.port = port
        self.isIPv6 = isIPv6
    }

    /// Reads `127.0.0.1:8080`, `[::1]:0` or `localhost:8080`; nil when it is none.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        let name = String(text[..<colon])
        self.port = port
        if name.hasPrefix("["), name.hasSuffix("]") {
            host = String(name.dropFirst().dropLast())
            isIPv6 = true
        } else {
            host = name == "localhost" ? "127.0.0.1" : name
            isIPv6 = false
        }
        guard Self.isNumeric(host, isIPv6 ? AF_INET6 : AF_INET) else { return nil }
    }

    static func isNumeric(_ host: String, _ family: CInt) -> Bool {
        var address = in6_addr()
        return inet_pton(family, host, &address) == 1
    }

    /// Whether only this machine can connect.
    var isLoopback: Bool { isIPv6 ? host == "::1" : host.hasPrefix("127.") }

    /// Whether it stands for every address of the machine.
    var isWildcard: Bool { host == (isIPv6 ? "::" : "0.0.0.0") }

    func with(port: Int) -> ListenAddress {
        ListenAddress(host: host, port: port, isIPv6: isIPv6)
    }

    var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
