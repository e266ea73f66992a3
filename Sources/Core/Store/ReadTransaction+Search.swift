extension ReadTransaction {
    /// Looks for records by words of their search documents, best first.
    ///
    /// A match in the title weighs more than one in the labels, and that more than one in the body.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` when limit or cursor are not
    ///   acceptable; never because of what the text holds.
    public func search(_ query: SearchQuery) throws -> SearchPage {
        guard (1...1000).contains(query.limit) else {
            throw StoreError(.invalidArgument, "limit has to be from 1 to 1000")
        }
        guard query.nouns.count <= Self.maxFilters, query.facets.count <= Self.maxFilters else {
            throw StoreError(
                .invalidArgument, "a search has at most \(Self.maxFilters) nouns and facets")
        }
        let offset = try offset(of: query.cursor)
        let expression = try SearchExpression(query.text)
        guard let text = expression.text else {
            return SearchPage(items: [], total: 0, nextCursor: nil)
        }
        let words = Self.words(text)
        let total = try count(Self.narrowed(words, query))
        let best = try ranked(words, query, offset)
        // To look a single document up is least work; but a beginning that the index has no list of is
        // put together from all words that begin so, and that for each look-up.
        let items =
            expression.hasLongSearch
            ? try hits(words, best) : try best.flatMap { try hits(words, [$0]) }
        let end = offset + items.count
        return SearchPage(
            items: items, total: total, nextCursor: end < total && !items.isEmpty ? "\(end)" : nil)
    }

    /// Each is one more list that the engine joins.
    private static let maxFilters = 32

    private func offset(of cursor: String?) throws -> Int {
        guard let cursor else { return 0 }
        guard let offset = Int(cursor), offset >= 0 else {
            throw StoreError(
                .invalidArgument, "cursor is not one that a search answered",
                hint: "Pass next_cursor of the page before, or none.")
        }
        return offset
    }

    /// The words, and the filters beside them.
    private static func narrowed(_ words: String, _ query: SearchQuery) -> String {
        let nouns = query.nouns.map { SearchFacet(name: SearchFacet.noun, value: $0) }
        let facets = query.facets.sorted { $0.key < $1.key }
            .map { [SearchFacet(name: $0.key, value: $0.value)] }
        let groups = (facets + (nouns.isEmpty ? [] : [nouns])).map { group in
            "facets : (\(group.map { "\"\($0.word)\"" }.joined(separator: " OR ")))"
        }
        return (["(\(words))"] + groups.map { "(\($0))" }).joined(separator: " AND ")
    }

    private func count(_ expression: String) throws -> Int {
        try row(
            "SELECT count(*) AS total FROM search_index WHERE search_index MATCH ?", expression)?
            .int("total") ?? 0
    }

    /// The documents that match best, by their numbers.
    ///
    /// Ranks first and shows afterwards: a snippet of each match would be made to be thrown away.
    private func ranked(_ words: String, _ query: SearchQuery, _ offset: Int) throws -> [Int64] {
        try rows(
            """
            SELECT rowid AS id FROM search_index
            WHERE search_index MATCH ? \(query.isFiltered ? Self.filter : "")
            ORDER BY bm25(search_index, 10.0, 1.0, 5.0), rowid LIMIT ? OFFSET ?
            """,
            arguments: [words] + (query.isFiltered ? [Self.narrowed(words, query)] : [])
                + [query.limit, offset]
        ).map { try $0.int64("id") }
    }

    /// Shows documents in the order of their numbers; one alone without a walk through all that match.
    private func hits(_ words: String, _ ids: [Int64]) throws -> [SearchHit] {
        guard let first = ids.first else { return [] }
        let isOne = ids.count == 1
        let place =
            isOne
            ? "search_index.rowid = ?"
            : "+search_index.rowid IN (SELECT value FROM json_each(?))"
        let numbers = "[\(ids.map(String.init).joined(separator: ","))]"
        let found = try rows(
            """
            SELECT d.id, d.ref, d.title,
                snippet(search_index, -1, '', '', '…', 16) AS snippet
            FROM search_index JOIN search_document d ON d.id = search_index.rowid
            WHERE search_index MATCH ? AND \(place)
            """, arguments: [words] + (isOne ? [first] : [numbers]))
        let hits = try found.map { row in
            let hit = SearchHit(
                ref: try row.ref("ref"), title: try row.text("title"),
                snippet: try row.text("snippet"))
            return (try row.int64("id"), hit)
        }
        let byID = Dictionary(hits, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// The filters stand in a query of their own: ranking would count each record that has them.
    private static let filter =
        "AND +rowid IN (SELECT rowid FROM search_index WHERE search_index MATCH ?)"

    /// Looks for the records that match and were written last, the last first.
    ///
    /// Costs no more than what is answered, however much there is: nothing is counted or ranked.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for more words than a search may have.
    public func newest(_ query: SearchQuery) throws -> [Ref] {
        guard let expression = try SearchExpression(query.text).text else { return [] }
        return try rows(
            """
            SELECT d.ref FROM search_index JOIN search_document d ON d.id = search_index.rowid
            WHERE search_index MATCH ? ORDER BY search_index.rowid DESC LIMIT ?
            """, Self.narrowed(Self.words(expression), query), query.limit
        ).map { try $0.ref("ref") }
    }

    /// The words, but not as facets.
    private static func words(_ expression: String) -> String {
        "{title body labels} : (\(expression))"
    }
}
