/// A question to full-text search.
///
/// Every word of the text has to occur. `disk*` finds words that begin so, and `"disk full"` in
/// quotes finds the words next to each other. Nothing else has a meaning of its own, so any text
/// that a person types is a valid question.
public struct SearchQuery: Sendable, Hashable {
    /// What to look for.
    public var text: String
    /// Only records of these nouns; empty for all.
    public var nouns: [String]
    /// Only records that have each of these facets, exactly as they say.
    public var facets: [String: String]
    /// How many hits to answer at most, from 1 to 1000.
    public var limit: Int
    /// Where to go on: `nextCursor` of the page before.
    public var cursor: String?

    /// Creates a question.
    public init(
        _ text: String, nouns: [String] = [], facets: [String: String] = [:], limit: Int = 20,
        cursor: String? = nil
    ) {
        self.text = text
        self.nouns = nouns
        self.facets = facets
        self.limit = limit
        self.cursor = cursor
    }
}
