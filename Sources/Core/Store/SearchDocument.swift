/// What full-text search knows about a record.
public struct SearchDocument: Sendable, Hashable {
    /// The record; a second document with the same ref replaces the first.
    public var ref: Ref
    /// The line that names the record; a match in it weighs most.
    public var title: String
    /// The long text.
    public var body: String
    /// Short words to be found by: names, tags, serial numbers.
    public var labels: [String]
    /// What a search can be filtered by, exactly: `state` is `resolved`.
    public var facets: [String: String]

    /// Creates a document.
    public init(
        ref: Ref, title: String, body: String = "", labels: [String] = [],
        facets: [String: String] = [:]
    ) {
        self.ref = ref
        self.title = title
        self.body = body
        self.labels = labels
        self.facets = facets
    }
}
