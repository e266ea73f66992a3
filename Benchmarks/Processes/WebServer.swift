import Glibc

/// A web server in C that answers 200 to everything, in a process of its own.
final class WebServer {
    let port: Int
    private let program: RunningProgram

    /// - Parameter onAllAddresses: Whether it listens on more than 127.0.0.1.
    init(onAllAddresses: Bool = false) throws {
        // Bound here and handed over, so that the port is known and taken before anyone asks.
        let (listener, port) = try Self.listen(on: onAllAddresses ? INADDR_ANY : INADDR_LOOPBACK)
        defer { close(listener) }
        self.port = port
        program = try Program.ourselves.start(
            ["serve-http"], Program.Streams(output: nil, error: nil, third: listener))
    }

    /// A port on which nobody listens, for a program that wants to be told one.
    static func freePort() throws -> Int {
        let (listener, port) = try listen(on: INADDR_LOOPBACK)
        close(listener)
        return port
    }

    private static func listen(on host: UInt32) throws -> (CInt, Int) {
        let listener = socket(
            AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, size) == 0, Glibc.listen(listener, 4096) == 0 else {
                    return errno
                }
                return getsockname(listener, address, &size) == 0 ? 0 : errno
            }
        }
        guard status == 0 else {
            close(listener)
            throw BenchError("listen on 127.0.0.1", errno: status)
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}
