/// Something that a record has exactly, by which a search can be filtered: `state` is `resolved`.
///
/// In the index it is one word of its own column, so that the engine joins it with the other words by
/// their lists instead of looking at every record: name and value in hexadecimal digits, so that
/// neither blanks nor accents nor case change what they say, and between them an `x`, which is no
/// such digit, so that `a=b` with the value `c` is something else than `a` with `b=c`.
struct SearchFacet {
    /// What every record has: the noun of its ref.
    static let noun = "noun"

    let name: String
    let value: String

    /// The word in the index.
    var word: String {
        Hexadecimal.text(Array(name.utf8)) + "x" + Hexadecimal.text(Array(value.utf8))
    }

    /// The words of all that a document has, in a stable order.
    static func words(of document: SearchDocument) -> String {
        var facets = document.facets
        facets[noun] = document.ref.noun
        return facets.sorted { $0.key < $1.key }
            .map { SearchFacet(name: $0.key, value: $0.value).word }
            .joined(separator: " ")
    }
}
