/// The frames that carry messages (RFC 6455, section 5.2); what comes in is the library's business.
enum WebSocketFrame {
    /// Appends the header of a text message in one frame, unmasked as a server's are.
    static func appendTextHeader(length: Int, to out: inout [UInt8]) {
        out.append(0x81)
        switch length {
        case ..<126: out.append(UInt8(length))
        case ..<65_536: out += [126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default:
            out.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                out.append(UInt8(length >> shift & 0xFF))
            }
        }
    }
}
