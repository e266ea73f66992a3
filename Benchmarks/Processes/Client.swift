import Glibc
import OpsJSONRPC

/// A connection that asks and waits.
final class Client {
    let descriptor: CInt
    private var received: [UInt8] = []

    init(_ socketPath: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: socketPath.utf8.prefix(room.count - 1))
        }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw BenchError("connect to \(socketPath)", errno: code)
        }
    }

    deinit { close(descriptor) }

    /// Calls a method.
    ///
    /// - Throws: what the daemon says, or ``BenchError`` when it says nothing.
    func call(_ method: String, _ params: JSON? = nil) throws -> JSON {
        try begin(method, params)
        return try finish(method)
    }

    /// Sends a call without waiting for its answer.
    func begin(_ method: String, _ params: JSON? = nil) throws {
        var line: [UInt8] = []
        MessageWriter.request(id: RequestID(1), method: method, params: params, to: &line)
        try send(line)
    }

    /// Waits for the answer to the call that was begun.
    func finish(_ method: String) throws -> JSON { try Self.result(of: try receive(), method) }

    /// Calls a method with each of the parameters, in one batch.
    func call(_ method: String, all params: [JSON]) throws {
        var line: [UInt8] = [UInt8(ascii: "[")]
        for (index, params) in params.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            MessageWriter.request(
                id: RequestID(index), method: method, params: params, to: &line, ending: .none)
        }
        line += [UInt8(ascii: "]"), UInt8(ascii: "\n")]
        try send(line)
        for answer in try receive().array ?? [] { _ = try Self.result(of: answer, method) }
    }

    private static func result(of answer: JSON, _ method: String) throws -> JSON {
        guard let result = answer["result"] else {
            throw BenchError("\(method) was answered with \(answer.text)")
        }
        return result
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchError("send to the daemon", errno: errno) }
            sent += count
        }
    }

    private func receive() throws -> JSON {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let feed = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeSubrange(...feed) }
                return try JSON.parse(Array(received[..<feed]))
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                throw BenchError("hear from the daemon", errno: count == 0 ? ECONNRESET : errno)
            }
            received += buffer[..<count]
        }
    }
}
