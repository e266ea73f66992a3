/// One record that a search found.
public struct SearchHit: Sendable, Hashable, Codable {
    /// The record.
    public let ref: Ref
    /// The document's title.
    public let title: String
    /// A stretch of the text around the match.
    public let snippet: String

    /// Creates a hit.
    public init(ref: Ref, title: String, snippet: String) {
        self.ref = ref
        self.title = title
        self.snippet = snippet
    }
}
