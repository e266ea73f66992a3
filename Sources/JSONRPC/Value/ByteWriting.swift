/// How the writers of this module append text to bytes.
extension [UInt8] {
    mutating func append(ascii text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(bytesOf text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    mutating func append(lineIndentedBy spaces: Int) {
        append(0x0A)
        append(contentsOf: repeatElement(0x20, count: spaces))
    }

    /// Appends a JSON string: quotes, backslashes and control characters are escaped, all else
    /// stays as it is.
    mutating func append(quoted text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { appendEscaped($0) }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        var plainFrom = 0
        for (position, byte) in bytes.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plainFrom..<position]))
            appendEscape(byte)
            plainFrom = position + 1
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plainFrom...]))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x00..<0x20:
            append(ascii: "u00")
            append(UInt8(ascii: "0") + byte >> 4)
            append(
                byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
        default: append(byte)
        }
    }
}
