import Glibc

/// Connections that each wait for one line at a time.
final class Audience {
    private let readers: [Client]
    private var watched: [pollfd] = []
    private var missing = 0
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(_ readers: [Client]) { self.readers = readers }

    /// Waits until the first of them has a line, and returns when that was.
    func awaitFirst() throws -> ContinuousClock.Instant {
        missing = readers.count
        watched = readers.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        try waitForSome()
        return ContinuousClock.now
    }

    /// Waits until everyone has a line, and returns when that was.
    func awaitAll() throws -> ContinuousClock.Instant {
        while missing > 0 {
            try waitForSome()
            try take()
        }
        return ContinuousClock.now
    }

    private func waitForSome() throws {
        guard poll(&watched, nfds_t(watched.count), 10_000) > 0 else {
            throw BenchError("An event does not come.")
        }
    }

    private func take() throws {
        for entry in watched where entry.revents != 0 {
            let size = recv(entry.fd, &buffer, buffer.count, 0)
            guard size > 0 else { throw BenchError("hear from the daemon", errno: errno) }
            missing -= buffer[..<size].count { $0 == UInt8(ascii: "\n") }
        }
        // Whoever has the line is not asked again.
        watched.removeAll { $0.revents != 0 }
    }
}
