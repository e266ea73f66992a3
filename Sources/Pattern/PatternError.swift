/// A text that is no regular expression.
public struct PatternError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and where, such as `missing ): (a`.
    public let reason: String

    /// Says what is wrong and which syntax is expected.
    public var description: String {
        "\(reason); the syntax is that of RE2, without look-around and back-references"
    }
}
