/// A regular expression that a whole label value has to match.
///
/// The plain shapes that selectors mostly use (`a|b|c`, `prefix.*`, `.*`, `.+`) are compared as
/// text; everything else is a Swift regular expression, and `.` matches line breaks too.
struct LabelPattern: Sendable {
    private enum Shape: Sendable {
        case anything
        case something
        case oneOf(Set<String>)
        case prefix(String)
        case expression(Expression)
    }

    private let shape: Shape

    init(_ text: String) throws(SeriesError) {
        self.shape = try Self.shape(of: text)
    }

    func matches(_ value: String) -> Bool {
        switch self.shape {
        case .anything: true
        case .something: !value.isEmpty
        case .oneOf(let values): values.contains(value)
        case .prefix(let prefix): value.hasPrefix(prefix)
        case .expression(let expression): expression.matches(value)
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
        return .expression(try ExpressionCache.shared.expression(for: text))
    }

    private static func isPlain(_ text: Substring) -> Bool {
        !text.unicodeScalars.contains { "\\.+*?()[]{}^$".unicodeScalars.contains($0) }
    }
}

extension LabelPattern {
    /// A compiled regular expression.
    ///
    /// `@unchecked Sendable`: `Regex` is not Sendable, because it compiles itself on first use;
    /// `regex` is touched only while `monitor` is held.
    fileprivate final class Expression: @unchecked Sendable {
        private let monitor = Monitor()
        private let regex: Regex<AnyRegexOutput>

        init(_ text: String) throws {
            self.regex = try Regex(text).dotMatchesNewlines()
                .matchingSemantics(.unicodeScalar)
        }

        func matches(_ value: String) -> Bool {
            // Matching throws only from custom transformations, which text cannot contain.
            self.monitor.locked { (try? self.regex.wholeMatch(in: value)) != nil }
        }
    }

    /// Compiled expressions by their text; dashboards ask the same few again and again.
    fileprivate final class ExpressionCache: Sendable {
        static let shared = ExpressionCache()
        private static let limit = 256
        private let expressions = Guarded<[String: Expression]>([:])

        func expression(for text: String) throws(SeriesError) -> Expression {
            if let known = self.expressions.withLock({ $0[text] }) { return known }
            let compiled: Expression
            do {
                compiled = try Expression(text)
            } catch {
                throw SeriesError(
                    .invalidPattern, "The regular expression \"\(text)\" cannot be read: \(error)")
            }
            self.expressions.withLock { expressions in
                if expressions.count >= Self.limit { expressions = [:] }
                expressions[text] = compiled
            }
            return compiled
        }
    }
}
