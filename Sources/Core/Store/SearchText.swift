/// What the search index holds of a document, apart from the record's ref.
///
/// It can be made before a write begins, in which thousands of records come.
public struct SearchText: Sendable {
    /// Title, body, labels and facets.
    private(set) var values: [SQLValue]

    /// Makes the text; of the document's ref only the noun counts.
    public init(_ document: SearchDocument) {
        values = [
            .text(document.title), .text(document.body),
            .text(document.labels.joined(separator: " ")), .text(SearchFacet.words(of: document)),
        ]
    }

    /// The text with a label before the others that was not known when it was made, such as a key.
    public func with(label: String) -> SearchText {
        var text = self
        guard case .text(let labels) = values[2] else { return self }
        text.values[2] = .text(labels.isEmpty ? label : "\(label) \(labels)")
        return text
    }
}
