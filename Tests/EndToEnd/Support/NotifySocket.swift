import Dispatch
import Glibc
import TestClient

/// The end of `NOTIFY_SOCKET` that systemd would have: hears how the daemon is doing.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt
    private let reading = DispatchQueue(label: "notify-socket")

    init(_ path: String) throws {
        self.path = path
        unlink(path)
        let kind = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw TestFailure("bind \(path)", errno) }
    }

    deinit { close(descriptor) }

    /// Waits for the next message of a program; nil when the program has ended without one.
    func message(of program: ChildProgram) async throws -> String? {
        try await withCheckedThrowingContinuation { continuation in
            reading.async { [self] in
                continuation.resume(with: Result { try messageNow(of: program) })
            }
        }
    }

    private func messageNow(of program: ChildProgram) throws -> String? {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while ContinuousClock.now < end {
            let hasEnded = program.hasEnded
            if poll(&ready, 1, hasEnded ? 0 : 50) > 0 {
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            }
            if hasEnded { return nil }
        }
        throw TestFailure("the daemon did not say how it is doing in time")
    }
}
