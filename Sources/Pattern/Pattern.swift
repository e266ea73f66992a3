internal import CPattern

/// A regular expression that is safe to take from anybody, and to hold against anybody's text.
///
/// RE2 looks at each character of a text once, and never goes back. How long it takes is bounded by
/// the length of the text times the size of the expression, and both have limits here.
public final class Pattern: @unchecked Sendable {
    // @unchecked Sendable: `compiled` never changes; RE2 guards what it adds to it while matching.
    private let compiled: OpaquePointer

    /// The expression as it was written.
    public let text: String

    /// The longest text that is held against the expression; a longer one does not match.
    ///
    /// It is several hundred kilobytes for an expression of a few characters, and less for one that
    /// counts high or names large classes of characters.
    public let maxBytes: Int

    /// The longest expression that is taken.
    public static let maxPatternBytes = 16_384
    /// What an expression may take: a program of about ten thousand instructions, and as much again
    /// for the automaton that is made of it while matching.
    private static let maxMemory = 512 << 10
    /// How an expression is written, and what it is held against.
    public enum Syntax: Sendable {
        /// As in Perl, as far as RE2 goes; `^` and `$` are the ends of the text, `.` is any character.
        case text
        /// As `grep -E` takes it, held against bytes; `^` and `$` are the ends of each line.
        ///
        /// Texts may be larger, and matching may take seconds: not a thing for the loop.
        case lines

        /// How many instructions a match may take; one takes up to ten nanoseconds.
        fileprivate var maxSteps: Int {
            switch self {
            case .text: 16 << 20
            case .lines: 512 << 20
            }
        }
    }

    /// Compiles an expression.
    ///
    /// - Throws: ``PatternError``, when the text is none, or stands for too large a program.
    public init(_ text: String, _ syntax: Syntax = .text) throws(PatternError) {
        guard text.utf8.count <= Self.maxPatternBytes else {
            throw PatternError(reason: "it has more than \(Self.maxPatternBytes) bytes")
        }
        compiled = try Self.compile(text, syntax)
        self.text = text
        maxBytes = syntax.maxSteps / opsp_size(compiled)
    }

    deinit { opsp_free(compiled) }

    /// Whether a value is short enough to be held against the expression.
    public func canJudge(_ value: String) -> Bool { value.utf8.count <= maxBytes }

    /// Whether the expression stands for the value as a whole.
    public func isWhole(_ value: String) -> Bool { matches(value.utf8, isWhole: true) }

    /// Whether the expression occurs anywhere in the value.
    public func isFound(in value: String) -> Bool { matches(value.utf8, isWhole: false) }

    /// Whether the expression occurs anywhere in the bytes.
    public func isFound(in bytes: [UInt8]) -> Bool { matches(bytes, isWhole: false) }

    private func matches(_ bytes: some Collection<UInt8>, isWhole: Bool) -> Bool {
        guard bytes.count <= maxBytes else { return false }
        return Self.withCharacters(of: bytes) { opsp_matches(compiled, $0, $1, isWhole) }
    }

    static func compile(
        _ text: String, _ syntax: Syntax, captures: Bool = false
    ) throws(PatternError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 200)
        let reading = opsp_reading(
            max_memory: maxMemory, is_bytes: syntax == .lines, is_posix: syntax == .lines,
            dot_is_any: syntax == .text, captures: captures)
        let compiled = withCharacters(of: text.utf8) {
            opsp_compile($0, $1, reading, &reason, reason.count)
        }
        guard let compiled else {
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw PatternError(reason: String(decoding: words, as: UTF8.self))
        }
        return compiled
    }

    static func withCharacters<Result>(
        of bytes: some Collection<UInt8>, _ body: (UnsafePointer<CChar>?, Int) -> Result
    ) -> Result {
        let result = bytes.withContiguousStorageIfAvailable { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress, $0.count) }
        }
        return result ?? withCharacters(of: Array(bytes), body)
    }
}
