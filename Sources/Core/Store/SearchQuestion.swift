/// A search as the engine is asked it.
struct SearchQuestion {
    /// For how many records at most their own filters are looked up; for more the engine's lists of the
    /// filters are walked through.
    static let few = 200
    /// Each filter is one more list that the engine joins.
    private static let maxFilters = 32

    /// The words, but not as facets.
    let words: String
    /// How many words or phrases they are.
    let count: Int
    /// Whether one of them is a beginning that the index has no list of.
    let hasLongSearch: Bool
    /// The words of facets: of each group a record has one.
    private let filters: [[[UInt8]]]

    /// Answers nil when the text holds nothing to look for.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for too many words or filters.
    init?(_ query: SearchQuery) throws {
        guard query.nouns.count <= Self.maxFilters, query.facets.count <= Self.maxFilters else {
            throw StoreError(
                .invalidArgument, "a search has at most \(Self.maxFilters) nouns and facets")
        }
        let expression = try SearchExpression(query.text)
        guard let text = expression.text else { return nil }
        words = "{title body labels} : (\(text))"
        count = expression.count
        hasLongSearch = expression.hasLongSearch
        func word(_ name: String, _ value: String) -> [UInt8] {
            Array(SearchFacet(name: name, value: value).word.utf8)
        }
        let nouns = query.nouns.map { word(SearchFacet.noun, $0) }
        let facets = query.facets.sorted { $0.key < $1.key }.map { [word($0.key, $0.value)] }
        filters = facets + (nouns.isEmpty ? [] : [nouns])
    }

    var isFiltered: Bool { !filters.isEmpty }

    /// The words, and the filters after them.
    var narrowed: String {
        let groups = filters.map { group in
            let words = group.map { "\"\(String(decoding: $0, as: UTF8.self))\"" }
            return "(facets : (\(words.joined(separator: " OR "))))"
        }
        return (["(\(words))"] + groups).joined(separator: " AND ")
    }

    /// Whether a document with these words in its column `facets` has what the filters ask for.
    func accepts(_ facets: String) -> Bool {
        // By their bytes, since the words are hexadecimal digits, and this is asked of very many.
        var facets = facets
        return facets.withUTF8 { bytes in
            let words = bytes.split(separator: UInt8(ascii: " "))
            return filters.allSatisfy { group in
                group.contains { word in words.contains { $0.elementsEqual(word) } }
            }
        }
    }
}
