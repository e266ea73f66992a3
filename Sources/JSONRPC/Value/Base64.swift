/// Bytes in a JSON text: base64 with padding (RFC 4648, section 4), read strictly.
public enum Base64 {
    private static let alphabet = [UInt8](
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// Writes bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                let value = Int(bits >> UInt32(18 - 6 * place) & 63)
                text.append(place <= group.count ? alphabet[value] : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads bytes; nil for a text that ``encode(_:)`` would not write.
    public static func decode(_ text: String) -> [UInt8]? {
        let letters = [UInt8](text.utf8)
        guard letters.count.isMultiple(of: 4) else { return nil }
        let pads = letters.suffix(2).reversed().prefix { $0 == padding }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, letter) in letters.dropLast(pads).enumerated() {
            guard let value = values[Int(letter)] else { return nil }
            bits = bits << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
            bits = 0
        }
        return rest(bits, pads).map { bytes + $0 }
    }

    /// What the last group holds; nil when bits are set that mean nothing.
    private static func rest(_ bits: UInt32, _ pads: Int) -> [UInt8]? {
        switch pads {
        case 1: bits & 3 == 0 ? [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)] : nil
        case 2: bits & 15 == 0 ? [UInt8(bits >> 4 & 255)] : nil
        default: []
        }
    }
}
