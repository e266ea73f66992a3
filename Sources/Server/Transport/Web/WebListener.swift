internal import CWebSockets
internal import Glibc
internal import OpsCore

/// Accepts connections on one address.
///
/// The library could listen by itself, but here a port that is taken has a clear error, limits are
/// checked before a connection costs anything, and listening ends before the connections do.
final class WebListener: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// How many connections are accepted in one turn of the loop.
    private static let turnConnections = 64

    let address: ListenAddress
    private let descriptor: CInt
    private let poll: PollHandle
    private let onConnection: (CInt, String) -> Void
    private(set) var isWaiting = false
    private var isOpen = true

    /// Starts to listen.
    ///
    /// On the loop only.
    /// - Throws: ``WebError`` when the kernel refuses.
    init(
        _ wanted: ListenAddress, on loop: EventLoop,
        onConnection: @escaping (_ descriptor: CInt, _ peer: String) -> Void
    ) throws {
        descriptor = try Self.bind(wanted)
        do {
            poll = try PollHandle(on: loop, descriptor: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        address = wanted.with(port: Self.port(of: descriptor))
        self.onConnection = onConnection
        resume()
    }

    private static func bind(_ address: ListenAddress) throws(WebError) -> CInt {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw WebError(listening: address, errno) }
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if address.isIPv6 {
            setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
        }
        guard bind(descriptor, address) == 0, listen(descriptor, 512) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw WebError(listening: address, code)
        }
        return descriptor
    }

    private static func bind(_ descriptor: CInt, _ address: ListenAddress) -> CInt {
        if address.isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = in_port_t(UInt16(address.port).bigEndian)
            inet_pton(AF_INET6, address.host, &name.sin6_addr)
            return withUnsafePointer(to: &name) { bind(descriptor, $0) }
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(UInt16(address.port).bigEndian)
        inet_pton(AF_INET, address.host, &name.sin_addr)
        return withUnsafePointer(to: &name) { bind(descriptor, $0) }
    }

    private static func bind<A>(_ descriptor: CInt, _ name: UnsafePointer<A>) -> CInt {
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<A>.size))
        }
    }

    private static func port(of descriptor: CInt) -> Int {
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        // The port stands at the same place for IPv4 and IPv6.
        return Int(UInt16(bigEndian: name.sin6_port))
    }

    /// Goes on accepting, after the process had no descriptors left.
    func resume() {
        guard isOpen, !isWaiting else { return }
        isWaiting = true
        poll.start(readable: true, writable: false) { [unowned self] _ in accept() }
    }

    private func accept() {
        for _ in 0..<Self.turnConnections {
            guard isOpen, acceptOne() else { return }
        }
    }

    private func acceptOne() -> Bool {
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let connection = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                opsw_accept(descriptor, $0, &length)
            }
        }
        guard connection >= 0 else { return canGoOn(after: errno) }
        var on: CInt = 1
        setsockopt(
            connection, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        onConnection(connection, Self.text(&name))
        return true
    }

    private func canGoOn(after code: CInt) -> Bool {
        switch code {
        case EINTR, ECONNABORTED: return true
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            // The socket stays readable, so watching it would keep the loop awake for nothing.
            poll.stop()
            isWaiting = false
            return false
        default: return false
        }
    }

    private static func text(_ name: inout sockaddr_in6) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let size = socklen_t(text.count)
        let isIPv6 = name.sin6_family == sa_family_t(AF_INET6)
        if isIPv6 {
            inet_ntop(AF_INET6, &name.sin6_addr, &text, size)
        } else {
            withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    var address = $0.pointee.sin_addr
                    inet_ntop(AF_INET, &address, &text, size)
                }
            }
        }
        return text.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        poll.close()
        Glibc.close(descriptor)
    }
}
