import OpsJSONRPC
import TestClient

/// A WebSocket client that does what it is told, good or bad.
final class WebSocketClient: Sendable {
    let raw: RawClient

    /// One frame as it came.
    struct Frame: Equatable {
        let opcode: Int
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The code of a close frame.
        var closeCode: Int? {
            guard opcode == 8, bytes.count >= 2 else { return nil }
            return Int(bytes[0]) << 8 | Int(bytes[1])
        }
    }

    /// Connects and shakes hands.
    init(_ web: WebFixture, headers: String? = nil, receiveBytes: Int? = nil) async throws {
        raw = try web.connect(receiveBytes: receiveBytes)
        try await raw.send(Self.handshake(headers ?? web.authorization))
        guard try await raw.answer(hasBody: false)?.status == 101 else {
            throw TestFailure("the handshake failed")
        }
    }

    static func handshake(_ headers: String, path: String = "/ws") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)\r\n"
    }

    // MARK: - Sending

    static func frame(
        _ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true, isMasked: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(maskBit | UInt8(payload.count))
        case ..<65_536:
            bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(payload.count >> shift & 0xFF))
            }
        }
        guard isMasked else { return bytes + payload }
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    func send(_ text: String) async throws { try await raw.send(Self.frame(Array(text.utf8))) }

    func begin(_ method: String, _ params: JSON.Object = [:], id: Int = 1) async throws {
        var bytes: [UInt8] = []
        MessageWriter.request(
            id: RequestID(id), method: method, params: .object(params), to: &bytes, ending: .none)
        try await raw.send(Self.frame(bytes))
    }

    // MARK: - Receiving

    /// Waits for the next frame; nil when the server has closed the connection.
    func frame() async throws -> Frame? {
        let head = try await raw.bytes(2)
        guard head.count == 2 else { return nil }
        guard head[0] & 0x80 != 0, head[1] & 0x80 == 0 else {
            throw TestFailure("a server sends whole frames without a mask")
        }
        var length = Int(head[1])
        if length >= 126 {
            length = try await raw.bytes(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: Int(head[0] & 0xF), bytes: try await raw.bytes(length))
    }

    /// Waits for the next message.
    func message() async throws -> JSON {
        guard let frame = try await frame(), frame.opcode == 1 else {
            throw TestFailure("no message came")
        }
        return try JSON.parse(frame.text)
    }

    /// Calls a method and returns its result; what is notified meanwhile is dropped.
    @discardableResult
    func call(_ method: String, _ params: JSON.Object = [:]) async throws -> JSON {
        try await begin(method, params)
        while true {
            let message = try await message()
            if message["method"] != nil { continue }
            if let error = message["error"] { throw RPCError(json: error) }
            return message["result"] ?? .null
        }
    }
}
