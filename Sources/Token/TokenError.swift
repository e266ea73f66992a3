/// Why a text is no token, or can't become one; never says the text itself.
public struct TokenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of mistake.
    public enum Code: Sendable {
        /// The text is not a token's.
        case malformed
        /// There is no room for more.
        case tooLong
        /// The operating system has no random bytes.
        case noRandomness
    }

    /// The kind of mistake.
    public let code: Code
    /// What is wrong.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
