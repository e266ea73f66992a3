internal import Glibc

/// Why nothing can be sent.
struct PingObstacle: Error, Sendable, Equatable {
    let reason: String

    /// There is a right to neither kind of socket.
    static let notAllowed = PingObstacle(
        reason:
            "the system allows neither ping sockets (sysctl net.ipv4.ping_group_range must hold "
            + "a group of opsloopd) nor raw ones (capability CAP_NET_RAW)")

    init(reason: String) {
        self.reason = reason
    }

    init(errno: CInt) {
        self.init(reason: Self.words(errno))
    }

    /// The system's words for an error, in small letters as in a sentence.
    static func words(_ errno: CInt) -> String {
        let words = String(cString: strerror(errno))
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
