internal import CWebSockets

/// Why the server ends a WebSocket, as the close frame says it (RFC 6455, section 7.4).
enum WebSocketClose: UInt32 {
    case goingAway = 1001
    case binaryMessage = 1003
    case noToken = 1008
    case messageTooLarge = 1009

    private var text: StaticString {
        switch self {
        case .goingAway: "the server stops"
        case .binaryMessage: "send text messages"
        case .noToken: "no token was shown in time"
        case .messageTooLarge: "the message is too large"
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
}
