import Glibc
import OpsCore

/// A TCP server that accepts nothing and whose queue is full: further clients get no answer.
final class FullServer: Sendable {
    let port: Int
    private let descriptors: [CInt]

    init() throws {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let server = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(server, $0, length)
                _ = listen(server, 0)
                _ = getsockname(server, $0, &length)
            }
            return Int(UInt16(bigEndian: address.pointee.sin_port))
        }
        // One connection is one more than the queue of length 0 holds back.
        let clients = (0..<4).map { _ in
            let client = socket(AF_INET, kind | CInt(SOCK_NONBLOCK.rawValue), 0)
            withUnsafeMutablePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(client, $0, length)
                }
            }
            return client
        }
        self.port = port
        self.descriptors = clients + [server]
    }

    deinit {
        for descriptor in self.descriptors { close(descriptor) }
    }
}
