internal import Glibc

/// Lines over a socket, with a limit of time for everything.
final class LineSocket {
    private let socket: CInt
    private var buffer: [UInt8] = []
    private var scanned = 0
    private(set) var isAtEnd = false

    init(_ socket: CInt) { self.socket = socket }

    /// Sends everything; what comes meanwhile is kept, so that neither side waits for the other.
    func send(_ bytes: [UInt8], withinMs limit: Int) throws(KitError) {
        let end = Ticks.now() + limit
        var rest = bytes[...]
        while !rest.isEmpty {
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, until: end, "it does not read its input")
            } else if errno != EINTR {
                throw KitError("it does not take its input: \(KitError.system(errno))")
            }
        }
    }

    /// The next line; nil when the output has ended.
    func line(withinMs limit: Int) throws(KitError) -> [UInt8]? {
        let end = Ticks.now() + limit
        while true {
            if let found = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<found])
                buffer.removeSubrange(...found)
                scanned = 0
                return line
            }
            scanned = buffer.count
            if isAtEnd { return nil }
            try wait(for: 0, until: end, "it says nothing for \(limit) ms")
        }
    }

    private func wait(for events: CInt, until end: Int, _ complaint: String) throws(KitError) {
        var entry = pollfd(fd: socket, events: Int16(events | (isAtEnd ? 0 : POLLIN)), revents: 0)
        let count = poll(&entry, 1, CInt(clamping: max(0, end - Ticks.now())))
        if count == 0 { throw KitError(complaint) }
        let isOver = CInt(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0
        if count > 0, isOver, !isAtEnd { read() }
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &chunk, chunk.count, CInt(MSG_DONTWAIT))
        if count > 0 {
            buffer += chunk[..<count]
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            isAtEnd = true
        }
    }
}
