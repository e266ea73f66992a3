internal import Dispatch
internal import Glibc
package import OpsJSONRPC

/// A client of the daemon that does what it is told, good or bad, byte by byte.
///
/// It blocks threads of its own only. Nothing waits longer than ``patience``.
package final class TestClient: @unchecked Sendable {
    // @unchecked Sendable: `buffer` and `notifications` are touched on `reading` only, `lastID` on
    // `writing` only; the descriptor is a number that does not change.

    /// How many seconds a test waits for something that has to happen; a test that waits so long
    /// has failed.
    package static let patience = 30

    private let descriptor: CInt
    private let reading = DispatchQueue(label: "test-client-reads")
    private let writing = DispatchQueue(label: "test-client-writes")
    private var buffer: [UInt8] = []
    private var scanned = 0
    private var notifications: [JSON] = []
    private var lastID = 0

    package init(_ path: String) throws {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw TestFailure("socket", errno) }
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard Self.connect(descriptor, path) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw TestFailure("connect to \(path)", code)
        }
    }

    deinit { Glibc.close(descriptor) }

    private static func connect(_ descriptor: CInt, _ path: String) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    // MARK: - Sending

    package func send(_ text: String) async throws {
        let bytes = Array(text.utf8)
        try await Self.on(writing) { [self] in try sendNow(bytes) }
    }

    private func sendNow(_ bytes: [UInt8]) throws {
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

    /// Sends what the kernel takes without waiting, and returns how many bytes that were.
    package func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        return max(0, Glibc.send(descriptor, bytes, bytes.count, flags))
    }

    /// Says that nothing more will be sent; answers can still be read.
    package func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Breaks the connection off.
    package func hangUp() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    // MARK: - Reading

    /// Waits for the next line; nil when the server has closed the connection.
    package func line() async throws -> String? {
        try await Self.on(reading) { [self] in try lineNow() }
    }

    /// Waits for the next message; fails when none comes.
    package func message() async throws -> JSON {
        guard let line = try await line() else { throw TestFailure("the connection was closed") }
        return try JSON.parse(line)
    }

    /// Reads until the server closes the connection, and returns every line.
    package func linesUntilTheEnd() async throws -> [String] {
        var lines: [String] = []
        while let line = try await line() { lines.append(line) }
        return lines
    }

    private func lineNow() throws -> String? {
        while true {
            if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    buffer.removeSubrange(...end)
                    scanned = 0
                }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            scanned = buffer.count
            guard try readSome() else { return nil }
        }
    }

    private func readSome() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            // A server that closes with our bytes unread resets the connection.
            if count < 0, errno == ECONNRESET { return false }
            if count < 0, errno == EAGAIN { throw TestFailure("nothing came in time") }
            guard count >= 0 else { throw TestFailure("recv", errno) }
            buffer += bytes[..<count]
            return count > 0
        }
    }

    // MARK: - Calls

    /// Calls a method and returns its result.
    ///
    /// - Throws: the server's `RPCError`.
    @discardableResult
    package func call(_ method: String, _ params: JSON.Object = [:]) async throws -> JSON {
        let id = try await begin(method, params)
        while true {
            let message = try await message()
            if message["method"] != nil {
                await keep(message)
            } else if message["id"]?.int == id || message["id"]?.isNull == true {
                if let error = message["error"] { throw RPCError(json: error) }
                return message["result"] ?? .null
            }
        }
    }

    /// Calls a method that must fail, and returns the error.
    package func refusal(
        _ method: String, _ params: JSON.Object = [:]
    ) async throws -> RPCError {
        do {
            let result = try await call(method, params)
            throw TestFailure("\(method) answered \(result.text)")
        } catch let error as RPCError {
            return error
        }
    }

    /// Sends a call without waiting for its answer, and returns its id.
    @discardableResult
    package func begin(_ method: String, _ params: JSON.Object = [:]) async throws -> Int {
        try await Self.on(writing) { [self] in
            lastID += 1
            var bytes: [UInt8] = []
            MessageWriter.request(
                id: RequestID(lastID), method: method, params: .object(params), to: &bytes)
            try sendNow(bytes)
            return lastID
        }
    }

    /// Waits for the next notification, those included that came between a call and its answer.
    package func notification() async throws -> JSON {
        if let kept = await takeKept() { return kept }
        while true {
            let message = try await message()
            if message["method"] != nil { return message }
        }
    }

    private func keep(_ message: JSON) async {
        await withCheckedContinuation { continuation in
            reading.async { [self] in
                notifications.append(message)
                continuation.resume()
            }
        }
    }

    private func takeKept() async -> JSON? {
        await withCheckedContinuation { continuation in
            reading.async { [self] in
                let first = notifications.first
                notifications = Array(notifications.dropFirst())
                continuation.resume(returning: first)
            }
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
