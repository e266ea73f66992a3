/// Reads the text of a selector from left to right.
struct SelectorParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func parse() throws(SeriesError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        self.skipBlanks()
        if let name = self.readWord() { matchers.append(.metric(name)) }
        self.skipBlanks()
        if self.skip("{") {
            try self.readMatchers(into: &matchers)
        } else if matchers.isEmpty {
            throw self.expected("a metric name or '{'")
        }
        self.skipBlanks()
        guard self.position == self.bytes.count else {
            throw self.expected("the end of the selector")
        }
        return matchers
    }

    // MARK: - Matchers

    /// Reads up to and including the closing brace.
    private mutating func readMatchers(into matchers: inout [LabelMatcher]) throws(SeriesError) {
        while true {
            self.skipBlanks()
            if self.skip("}") { return }
            matchers.append(try self.readMatcher(hasName: Self.hasName(matchers)))
            self.skipBlanks()
            // A comma before the brace is allowed, as in the exposition format.
            if self.skip(",") { continue }
            guard self.skip("}") else { throw self.expected("',' or '}'") }
            return
        }
    }

    private mutating func readMatcher(hasName: Bool) throws(SeriesError) -> LabelMatcher {
        let start = self.position
        let isQuoted = self.isAtQuote
        let name = try self.readLabelName()
        self.skipBlanks()
        if isQuoted, self.isAtEndOfMatcher {
            guard !hasName else {
                throw SeriesError(
                    .invalidSelector, "The selector names its metric twice", offset: start)
            }
            return .metric(name)
        }
        let operation = try self.readOperation()
        self.skipBlanks()
        let valueStart = self.position
        guard self.isAtQuote else { throw self.expected("a label value in quotes") }
        let matcher = LabelMatcher(name, operation, try self.readQuoted())
        try Self.check(matcher, at: valueStart)
        return matcher
    }

    private mutating func readLabelName() throws(SeriesError) -> String {
        if self.isAtQuote { return try self.readQuoted() }
        guard let name = self.readWord() else { throw self.expected("a label name") }
        return name
    }

    private mutating func readOperation() throws(SeriesError) -> LabelMatcher.Operation {
        if self.skip("=~") { return .matches }
        if self.skip("!~") { return .doesNotMatch }
        if self.skip("!=") { return .notEqual }
        if self.skip("=") { return .equal }
        throw self.expected("one of = != =~ !~")
    }

    private static func hasName(_ matchers: [LabelMatcher]) -> Bool {
        matchers.contains { $0.name == SeriesKey.nameLabel && $0.operation == .equal }
    }

    /// Compiles a regular expression now, so that its error can say where it stands.
    private static func check(_ matcher: LabelMatcher, at offset: Int) throws(SeriesError) {
        switch matcher.operation {
        case .equal, .notEqual: return
        case .matches, .doesNotMatch:
            do throws(SeriesError) {
                _ = try LabelPattern(matcher.value)
            } catch {
                throw SeriesError(error.kind, error.message, offset: offset, hint: error.hint)
            }
        }
    }

    // MARK: - Tokens

    private var isAtQuote: Bool {
        self.current == UInt8(ascii: "\"") || self.current == UInt8(ascii: "'")
    }
    private var isAtEndOfMatcher: Bool {
        self.current == nil || self.current == UInt8(ascii: ",")
            || self.current == UInt8(ascii: "}")
    }
    private var current: UInt8? {
        self.position < self.bytes.count ? self.bytes[self.position] : nil
    }

    private mutating func skipBlanks() {
        while let byte = self.current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            self.position += 1
        }
    }

    private mutating func skip(_ token: StaticString) -> Bool {
        let token = token.withUTF8Buffer { Array($0) }
        guard self.bytes[self.position...].starts(with: token) else { return false }
        self.position += token.count
        return true
    }

    /// A name without quotes, or nil when none starts here.
    private mutating func readWord() -> String? {
        let start = self.position
        while let byte = self.current, Self.isWord(byte, first: self.position == start) {
            self.position += 1
        }
        guard self.position > start else { return nil }
        return String(decoding: self.bytes[start..<self.position], as: UTF8.self)
    }

    /// Whether `byte` may stand in a name without quotes.
    static func isWord(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        default: false
        }
    }

    private mutating func readQuoted() throws(SeriesError) -> String {
        let start = self.position
        let quote = self.bytes[start]
        var value: [UInt8] = []
        self.position += 1
        while let byte = self.current, byte != quote {
            self.position += 1
            value.append(byte == UInt8(ascii: "\\") ? try self.readEscape() : byte)
        }
        guard self.current == quote else {
            throw SeriesError(.invalidSelector, "The quote is never closed", offset: start)
        }
        self.position += 1
        return String(decoding: value, as: UTF8.self)
    }

    private mutating func readEscape() throws(SeriesError) -> UInt8 {
        let start = self.position - 1
        guard let byte = self.current else {
            throw SeriesError(.invalidSelector, "The escape is cut short", offset: start)
        }
        self.position += 1
        switch byte {
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): return byte
        default:
            throw SeriesError(
                .invalidSelector, "The escape is not known", offset: start,
                hint: "write a backslash as \\\\, also in regular expressions")
        }
    }

    private func expected(_ what: String) -> SeriesError {
        let found = self.current == nil ? "the text ends" : "something else follows"
        return SeriesError(
            .invalidSelector, "The selector should have \(what) here, but \(found)",
            offset: self.position)
    }
}
