import Glibc

/// A TCP port of this machine on which nobody is served.
final class LocalServer: Sendable {
    enum Kind {
        /// It is taken, but nobody listens: connections are refused.
        case deaf
        /// The queue of those who wait is full: connections get no answer.
        case full
    }

    let port: Int
    private let descriptors: [CInt]

    init(_ kind: Kind) {
        let server = Self.socket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        Self.with(&address) { pointer, length in
            var length = length
            _ = bind(server, pointer, length)
            _ = getsockname(server, pointer, &length)
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        guard kind == .full else {
            self.descriptors = [server]
            return
        }
        listen(server, 0)
        self.descriptors = [server] + (0..<4).map { _ in Self.client(of: &address) }
    }

    deinit {
        for descriptor in self.descriptors { close(descriptor) }
    }

    private static func client(of address: inout sockaddr_in) -> CInt {
        let client = Self.socket()
        Self.with(&address) { _ = connect(client, $0, $1) }
        return client
    }

    private static func socket() -> CInt {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        return Glibc.socket(AF_INET, CInt(kind), 0)
    }

    private static func with(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Void
    ) {
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
