/// How text behaves on a terminal: how wide it is, and what it must not contain.
extension String {
    /// The text on one line without control characters.
    ///
    /// Output of checks comes from anywhere; an escape sequence in it must not reach the terminal.
    var visibleLine: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            result.unicodeScalars.append(scalar.isControl ? " " : scalar)
        }
        return result
    }

    /// The same, keeping line breaks.
    var visibleLines: String {
        // Of a file that ends its lines as RFC 4180 has it, CR and LF are one character.
        split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map { String($0).visibleLine }
            .joined(separator: "\n")
    }

    /// The columns that the text takes.
    var columns: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }

    func padded(to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(0, width - columns))
        return right ? space + self : self + space
    }

    /// The text cut to a width, with an ellipsis where something is missing.
    func fitted(to width: Int, ellipsis: String = "…") -> String {
        if columns <= width { return self }
        if width <= ellipsis.columns { return String(prefix(Swift.max(0, width))) }
        var used = ellipsis.columns
        var result = ""
        for character in self {
            used += character.columns
            if used > width { break }
            result.append(character)
        }
        return result + ellipsis
    }

    /// The text in lines of at most `width` columns, broken at spaces.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, line.columns + 1 + String(word).columns > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension Character {
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if unicodeScalars.contains("\u{FE0F}") { return 2 }
        if first.properties.generalCategory == .nonspacingMark { return 0 }
        return first.isWide ? 2 : 1
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x202A && value <= 0x202E)
            || (value >= 0x2066 && value <= 0x2069)
    }

    /// East Asian wide characters and emoji, by their large blocks.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
