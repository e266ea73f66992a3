import CLibuv
import Glibc

/// A socket address in the kernel's form.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private(set) var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    private init() {}

    /// The longest path of a Unix socket; the kernel's structure holds one byte more, for the end.
    static let maxUnixPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The address of a Unix socket.
    static func unix(path: String, for action: String) throws(LoopError) -> SocketAddress {
        try Self.checkUnixPath(path, for: action)
        var address = SocketAddress()
        withUnsafeMutableBytes(of: &address.storage) { bytes in
            bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
            UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyBytes(from: path.utf8)
        }
        address.length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return address
    }

    /// A path that is too long would be cut by the kernel's structure, and name another file.
    static func checkUnixPath(_ path: String, for action: String) throws(LoopError) {
        if path.isEmpty || path.utf8.contains(0) {
            throw LoopError(UV_EINVAL, action, hint: "the path of a socket is not empty")
        }
        let count = path.utf8.count
        guard count > Self.maxUnixPathBytes else { return }
        throw LoopError(
            UV_ENAMETOOLONG, action,
            hint: "a socket's path has at most \(Self.maxUnixPathBytes) bytes, this one \(count)")
    }

    /// A numeric IPv4 or IPv6 address and a port.
    static func numeric(
        host: String, port: Int, for action: String
    ) throws(LoopError) -> SocketAddress {
        guard (0...65_535).contains(port) else {
            throw LoopError(UV_EINVAL, action, hint: "a port is a number from 0 to 65535")
        }
        if let address = Self.parse(host, port) { return address }
        throw LoopError(UV_EINVAL, action, hint: "\(host) is not a numeric IP address")
    }

    /// The address that `host` spells, when it is numeric.
    static func parse(_ host: String, _ port: Int) -> SocketAddress? {
        var address = SocketAddress()
        let isIPv4 = address.fill(sockaddr_in.self) { uv_ip4_addr(host, CInt(port), $0) }
        if isIPv4 { return address }
        let isIPv6 = address.fill(sockaddr_in6.self) { uv_ip6_addr(host, CInt(port), $0) }
        return isIPv6 ? address : nil
    }

    /// Copies an address that the resolver found.
    init(_ found: UnsafePointer<addrinfo>) {
        self.length = found.pointee.ai_addrlen
        withUnsafeMutableBytes(of: &self.storage) { bytes in
            bytes.copyMemory(
                from: UnsafeRawBufferPointer(
                    start: found.pointee.ai_addr, count: Int(found.pointee.ai_addrlen)))
        }
    }

    /// The same address with another port.
    func with(port: Int) -> SocketAddress {
        var address = self
        withUnsafeMutablePointer(to: &address.storage) { storage in
            // The port stands at the same place for IPv4 and IPv6.
            storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_port = in_port_t(port).bigEndian
            }
        }
        return address
    }

    private mutating func fill<A>(_ type: A.Type, _ parse: (UnsafeMutablePointer<A>) -> CInt)
        -> Bool
    {
        self.length = socklen_t(MemoryLayout<A>.size)
        return withUnsafeMutablePointer(to: &self.storage) {
            $0.withMemoryRebound(to: type, capacity: 1) { parse($0) == 0 }
        }
    }

    func withPointer<T>(_ body: (UnsafePointer<sockaddr>) -> T) -> T {
        withUnsafePointer(to: self.storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }

    /// The port that a TCP handle is bound to.
    static func localPort(_ handle: UnsafeMutablePointer<uv_tcp_t>) -> Int {
        var address = SocketAddress()
        var length = CInt(MemoryLayout<sockaddr_storage>.size)
        let port = withUnsafeMutablePointer(to: &address.storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = uv_tcp_getsockname(handle, $0, &length)
            }
            // The port stands at the same place for IPv4 and IPv6.
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_port
            }
        }
        return Int(UInt16(bigEndian: port))
    }
}
