import Glibc

/// Finds a port that nobody listens on.
enum FreePort {
    /// Returns a port that is free for TCP; on an address that a test has to itself it stays so.
    static func find(on address: String) throws -> Int {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, address, &name.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw TemporaryFolder.Failure(what: address, error: errno) }
        return Int(UInt16(bigEndian: name.sin_port))
    }
}
