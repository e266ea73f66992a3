import OpsJSONRPC

/// Writes a value as YAML that every reader takes for the same value.
enum YAMLWriter {
    static func text(_ value: JSON) -> String {
        isFlat(value) ? scalar(value, indent: 0) + "\n" : block(value, indent: 0)
    }

    /// Whether the value stands on the line of its key.
    private static func isFlat(_ value: JSON) -> Bool {
        switch value {
        case .null, .bool, .number, .string: true
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    private static func block(_ value: JSON, indent: Int) -> String {
        switch value {
        case .object(let members):
            return members.map { key, value in
                margin(indent) + string(key) + ":" + content(value, indent: indent)
            }.joined()
        case .array(let values):
            return values.map { margin(indent) + element($0, indent: indent) }.joined()
        case .null, .bool, .number, .string:
            return margin(indent) + scalar(value, indent: indent) + "\n"
        }
    }

    private static func content(_ value: JSON, indent: Int) -> String {
        isFlat(value)
            ? " " + scalar(value, indent: indent + 2) + "\n"
            : "\n" + block(value, indent: indent + 2)
    }

    /// The first line of a nested value shares the line of its dash.
    private static func element(_ value: JSON, indent: Int) -> String {
        if isFlat(value) { return "- " + scalar(value, indent: indent + 2) + "\n" }
        return "- " + block(value, indent: indent + 2).dropFirst(indent + 2)
    }

    private static func scalar(_ value: JSON, indent: Int) -> String {
        switch value {
        case .null: return "null"
        case .bool(let isTrue): return isTrue ? "true" : "false"
        case .number(let number): return number.text
        case .array: return "[]"
        case .object: return "{}"
        case .string(let text): return literal(text, indent: indent) ?? string(text)
        }
    }

    /// Text of several lines as it is, where that loses nothing.
    private static func literal(_ text: String, indent: Int) -> String? {
        guard text.contains("\n"), indent > 0, text.first != " ", text.first != "\n",
            !text.hasSuffix("\n\n"), text.unicodeScalars.allSatisfy(isPlainOrBreak)
        else { return nil }
        let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        let header = text.hasSuffix("\n") ? "|" : "|-"
        return header + lines.map { $0.isEmpty ? "\n" : "\n" + margin(indent) + $0 }.joined()
    }

    private static func isPlainOrBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || isPrintable(scalar)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            true
        default: false
        }
    }

    /// Plain where no reader, old or new, can take it for anything but this string.
    private static func string(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.last != " ", text.last != ":",
            first.properties.isAlphabetic || first == "/" || first == "_",
            !reserved.contains(text.lowercased()), !text.contains(": "), !text.contains(" #")
        else { return false }
        return text.unicodeScalars.allSatisfy(isPrintable)
    }

    private static let reserved: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
    ]

    /// JSON's way of quoting is YAML's too, save for characters that YAML wants escaped.
    private static func quoted(_ text: String) -> String {
        JSON.string(text).text.unicodeScalars.map { scalar in
            isPrintable(scalar) ? String(scalar) : escaped(scalar)
        }.joined()
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }

    private static func margin(_ count: Int) -> String {
        String(repeating: " ", count: count)
    }
}
