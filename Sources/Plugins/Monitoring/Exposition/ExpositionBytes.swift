/// What single bytes of an exposition may be.
enum ExpositionBytes {
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Whether a name that stands without quotes may hold the byte.
    static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }

    /// A piece of the text for a message: quoted, and not too long.
    static func shown(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(60), as: UTF8.self)
        let visible = text.unicodeScalars.map {
            $0.value < 32 || $0.value == 127 ? $0.escaped(asASCII: true) : String($0)
        }
        return "\"\(visible.joined())\(bytes.count > 60 ? "..." : "")\""
    }
}
