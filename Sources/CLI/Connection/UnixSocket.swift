import Glibc

/// The system calls on a Unix socket, with errors that say what to do.
enum UnixSocket {
    static func connect(_ path: String) throws -> CInt {
        var address = try self.address(path)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw Failure.unreachable("no socket to be had: \(SystemError.text(errno))")
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, size)
            }
        }
        guard status == 0 else {
            let number = errno
            close(descriptor)
            throw refusal(number, path)
        }
        return descriptor
    }

    private static func address(_ path: String) throws -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw Failure.unreachable(
                "the socket path \(path) is longer than \(capacity - 1) bytes",
                hint: "use a shorter path, for example relative to the current folder")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return address
    }

    private static func refusal(_ number: CInt, _ path: String) -> Failure {
        switch number {
        case ENOENT, ECONNREFUSED, ENOTDIR:
            .unreachable(
                "opsloopd is not running at \(path)",
                hint: "start it with `opsloopd --data DIR`")
        case EACCES, EPERM:
            .unreachable(
                "you may not open \(path)",
                hint: "run as the user that runs opsloopd")
        default:
            .unreachable("cannot connect to \(path): \(SystemError.text(number))")
        }
    }

    /// Sends everything; a peer that is gone is an error here and no signal.
    static func send(_ bytes: [UInt8], to descriptor: CInt, deadline: Deadline) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard try wait(descriptor, for: POLLOUT, within: deadline.slice(nil)) else {
                throw Failure.deadline("opsloopd does not take the request")
            }
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE || errno == ECONNRESET {
                // The daemon may have said why before it closed; reading tells.
                return
            } else if errno != EINTR, errno != EAGAIN {
                throw Failure.unreachable("sending failed: \(SystemError.text(errno))")
            }
        }
    }

    /// Reads what is there; false at the end of the stream.
    static func read(_ bytes: inout [UInt8], from descriptor: CInt) throws -> Bool {
        let size = 64 << 10
        var count = 0
        bytes = [UInt8](unsafeUninitializedCapacity: size) { space, used in
            count = Glibc.read(descriptor, space.baseAddress, size)
            used = max(0, count)
        }
        // A daemon that was killed with a request unread resets the connection.
        if count < 0, errno == ECONNRESET { return false }
        if count < 0, errno != EINTR {
            throw Failure.unreachable("reading failed: \(SystemError.text(errno))")
        }
        return count != 0
    }

    static func isReadable(_ descriptor: CInt, within ms: CInt) throws -> Bool {
        try wait(descriptor, for: POLLIN, within: ms)
    }

    private static func wait(_ descriptor: CInt, for events: CInt, within ms: CInt) throws -> Bool {
        var entry = pollfd(fd: descriptor, events: CShort(events), revents: 0)
        let count = Interrupt.poll(&entry, ms)
        if count < 0, errno != EINTR {
            throw Failure.unreachable("waiting failed: \(SystemError.text(errno))")
        }
        return count > 0
    }
}
