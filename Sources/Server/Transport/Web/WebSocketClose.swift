internal import CWebSockets

/// Why the server ends a WebSocket, as the close frame says it (RFC 6455, section 7.4).
enum WebSocketClose: UInt32 {
    case goingAway = 1001
    case binaryMessage = 1003
    case noToken = 1008
    case messageTooLarge = 1009
    /// "Unauthorized" in the register of codes (IANA, WebSocket Close Code Number Registry).
    case rightsEnded = 3000

    private var text: StaticString {
        switch self {
        case .goingAway: "the server stops"
        case .binaryMessage: "send text messages"
        case .noToken: "no token was shown in time"
        case .messageTooLarge: "the message is too large"
        case .rightsEnded: "the token was revoked or has expired"
        }
    }

    /// Tells the library what to say when it closes the connection, which is to follow.
    func tell(_ wsi: OpaquePointer) {
        text.withUTF8Buffer { bytes in
            lws_close_reason(
                wsi, lws_close_status(rawValue),
                UnsafeMutablePointer(mutating: bytes.baseAddress), bytes.count)
        }
    }

    /// Appends the close frame, for a close that the library does not take part in: it loses what
    /// it is told outside of an event in which something was received.
    func appendFrame(to out: inout [UInt8]) {
        out += [
            0x88, UInt8(2 + text.utf8CodeUnitCount), UInt8(rawValue >> 8), UInt8(rawValue & 0xFF),
        ]
        out.append(text)
    }
}
