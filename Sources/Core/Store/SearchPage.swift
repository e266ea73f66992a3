/// A stretch of a search's hits, best first.
public struct SearchPage: Sendable, Hashable, Codable {
    /// The hits.
    public let items: [SearchHit]
    /// How many records match in all.
    public let total: Int
    /// What to put into the next query's cursor; nil on the last page.
    public let nextCursor: String?

    /// Creates a page.
    public init(items: [SearchHit], total: Int, nextCursor: String?) {
        self.items = items
        self.total = total
        self.nextCursor = nextCursor
    }
}
