internal import OpsPattern

/// A regular expression that a whole label value has to match.
///
/// The plain shapes that selectors mostly use (`a|b|c`, `prefix.*`, `.*`, `.+`) are compared as
/// text; everything else is a ``Pattern``, and `.` matches line breaks too.
struct LabelPattern: Sendable {
    private enum Shape: Sendable {
        case anything
        case something
        case oneOf(Set<String>)
        case prefix(String)
        case expression(Pattern)
    }

    private let shape: Shape

    init(_ text: String) throws(SeriesError) {
        self.shape = try Self.shape(of: text)
    }

    /// Whether the whole value matches; nil for a value that is too long to be judged.
    func matches(_ value: String) -> Bool? {
        switch self.shape {
        case .anything: true
        case .something: !value.isEmpty
        case .oneOf(let values): values.contains(value)
        case .prefix(let prefix): value.utf8.starts(with: prefix.utf8)
        case .expression(let pattern): pattern.canJudge(value) ? pattern.isWhole(value) : nil
        }
    }

    private static func shape(of text: String) throws(SeriesError) -> Shape {
        if text == ".*" { return .anything }
        if text == ".+" { return .something }
        if self.isPlain(text[...]) {
            return .oneOf(
                Set(text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)))
        }
        if text.hasSuffix(".*"), !text.contains("|"), self.isPlain(text.dropLast(2)) {
            return .prefix(String(text.dropLast(2)))
        }
        return .expression(try PatternCache.shared.pattern(for: text))
    }

    private static func isPlain(_ text: Substring) -> Bool {
        !text.unicodeScalars.contains { "\\.+*?()[]{}^$".unicodeScalars.contains($0) }
    }
}
