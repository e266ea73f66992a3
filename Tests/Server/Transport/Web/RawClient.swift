import Dispatch
import Glibc
import TestClient

/// A TCP client that sends bytes as they are and shows what comes back.
///
/// It blocks threads of its own only. Nothing waits longer than ``TestClient/patience``.
final class RawClient: @unchecked Sendable {
    // @unchecked Sendable: `buffer` is touched on `reading` only; the descriptor is a number that
    // does not change.

    private let descriptor: CInt
    private let reading = DispatchQueue(label: "raw-client-reads")
    private let writing = DispatchQueue(label: "raw-client-writes")
    private var buffer: [UInt8] = []

    init(port: Int, receiveBytes: Int? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket", errno) }
        var limit = timeval(tv_sec: TestClient.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        if var receiveBytes = receiveBytes.map({ CInt($0) }) {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes, 4)
        }
        var on: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw TestFailure("connect to port \(port)", code)
        }
    }

    deinit { close(descriptor) }

    // MARK: - Sending

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await Self.on(writing) { [self] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw TestFailure("send", errno) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Sends what the kernel takes without waiting, and returns how many bytes that were.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)))
    }

    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes with a reset, as a program that crashes does.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, CInt(SHUT_RDWR))
    }

    // MARK: - Reading

    /// Waits for the next answer; nil when the server has closed the connection.
    func answer(hasBody: Bool = true) async throws -> HTTPReply? {
        try await Self.on(reading) { [self] in
            while true {
                if let (reply, count) = HTTPReply.first(in: buffer, hasBody: hasBody) {
                    buffer.removeFirst(count)
                    return reply
                }
                guard try readSome() else { return nil }
            }
        }
    }

    /// Waits for so many bytes; fewer when the server closes the connection before.
    func bytes(_ count: Int) async throws -> [UInt8] {
        try await Self.on(reading) { [self] in
            while buffer.count < count, try readSome() {}
            defer { buffer.removeFirst(min(count, buffer.count)) }
            return Array(buffer.prefix(count))
        }
    }

    /// Reads until the server closes the connection.
    func rest() async throws -> [UInt8] {
        try await Self.on(reading) { [self] in
            while try readSome() {}
            defer { buffer = [] }
            return buffer
        }
    }

    private func readSome() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            // A server that closes with our bytes unread resets the connection.
            if count < 0, errno == ECONNRESET || errno == EPIPE { return false }
            if count < 0, errno == EAGAIN { throw TestFailure("nothing came in time") }
            guard count >= 0 else { throw TestFailure("recv", errno) }
            buffer += bytes[..<count]
            return count > 0
        }
    }

    private static func on<T: Sendable>(
        _ queue: DispatchQueue, _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
