/// What a Nagios plugin printed, taken apart.
///
/// ```text
/// TEXT | PERFORMANCE DATA
/// LONG TEXT
/// LONG TEXT | PERFORMANCE DATA
/// PERFORMANCE DATA
/// ```
struct PluginOutput: Sendable, Equatable {
    /// The most characters that are kept of the first line.
    static let maxLine = 1_000
    /// The most characters that are kept of the lines behind it.
    static let maxLong = 8_000

    /// The first line, without performance data.
    let line: String
    /// The lines behind it, without performance data.
    let long: String
    let performance: PerformanceData

    /// Reads what the program wrote; bytes that are no UTF-8 are replaced.
    init(parsing bytes: [UInt8]) {
        self.init(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads text.
    init(parsing text: String) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        let (line, firstPart) = Self.split(lines.first ?? "")
        var performance = String(firstPart ?? "")
        var long: [Substring] = []
        var isPerformance = false
        for next in lines.dropFirst() {
            if isPerformance {
                performance += " " + next
                continue
            }
            let (text, part) = Self.split(next)
            long.append(text)
            if let part {
                performance += " " + part
                isPerformance = true
            }
        }
        self.line = Self.presentable(line, max: Self.maxLine)
        self.long = Self.presentable(long.joined(separator: "\n"), max: Self.maxLong)
        self.performance = PerformanceData(parsing: performance)
    }

    private static func split(_ line: Substring) -> (text: Substring, performance: Substring?) {
        guard let bar = line.firstIndex(of: "|") else { return (line, nil) }
        return (line[..<bar], line[line.index(after: bar)...])
    }

    /// Cuts the text to length and drops control characters, which could steer a terminal.
    static func presentable(_ text: some StringProtocol, max: Int) -> String {
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.lazy.filter { scalar in
                    scalar == "\n" || scalar == "\t"
                        || scalar.properties.generalCategory != .control
                }))
        let trimmed = trim(clean)
        return trimmed.count <= max ? String(trimmed) : trimmed.prefix(max - 1) + "…"
    }

    private static func trim(_ text: String) -> Substring {
        let head = text.drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return head[...last]
    }
}
