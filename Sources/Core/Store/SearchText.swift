/// What the search index holds of a document, apart from the record's ref.
///
/// It can be made before a write begins, in which thousands of records come.
public struct SearchText: Sendable {
    /// Title, body, labels and facets.
    let values: [SQLValue]

    /// Makes the text; of the document's ref only the noun counts.
    public init(_ document: SearchDocument) {
        values = [
            .text(document.title), .text(document.body),
            .text(document.labels.joined(separator: " ")), .text(SearchFacet.words(of: document)),
        ]
    }
}
