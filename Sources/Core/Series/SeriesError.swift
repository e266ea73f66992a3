/// Why the series store refuses something.
public struct SeriesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sort of refusal.
    public enum Kind: String, Sendable, Hashable {
        /// The text of a selector cannot be read.
        case invalidSelector = "invalid_selector"
        /// A regular expression cannot be read.
        case invalidPattern = "invalid_pattern"
        /// A series cannot have this name or these labels.
        case invalidKey = "invalid_key"
        /// The range, the step or the aggregation of a query makes no sense.
        case invalidQuery = "invalid_query"
        /// The number of series is at its limit.
        case tooManySeries = "too_many_series"
        /// A query would answer with more than its limit.
        case tooMuchData = "too_much_data"
    }

    /// The sort of refusal.
    public var kind: Kind
    /// What is wrong, in one sentence.
    public var message: String
    /// Where in the selector's text it is wrong, as a byte offset.
    public var offset: Int?
    /// What may help.
    public var hint: String?

    /// Makes an error.
    public init(_ kind: Kind, _ message: String, offset: Int? = nil, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    /// The message, the place and the hint in one line.
    public var description: String {
        var text = self.message
        if let offset { text += " (at byte \(offset))" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
