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
        let offset = try offset(of: query.cursor)
        guard let expression = try SearchExpression(query.text).text else {
            return SearchPage(items: [], total: 0, nextCursor: nil)
        }
        let total = try count(expression, query.nouns)
        let items = try hits(expression, query, offset)
        let end = offset + items.count
        return SearchPage(
            items: items, total: total, nextCursor: end < total && !items.isEmpty ? "\(end)" : nil)
    }

    private func offset(of cursor: String?) throws -> Int {
        guard let cursor else { return 0 }
        guard let offset = Int(cursor), offset >= 0 else {
            throw StoreError(
                .invalidArgument, "cursor is not one that a search answered",
                hint: "Pass next_cursor of the page before, or none.")
        }
        return offset
    }

    private func count(_ expression: String, _ nouns: [String]) throws -> Int {
        try row(
            "SELECT count(*) AS total \(Self.matches(nouns))",
            arguments: [expression] + nouns)?.int("total") ?? 0
    }

    private func hits(_ expression: String, _ query: SearchQuery, _ offset: Int) throws
        -> [SearchHit]
    {
        let rows = try rows(
            """
            SELECT d.ref, d.title, snippet(search_index, -1, '', '', '…', 16) AS snippet
            \(Self.matches(query.nouns))
            ORDER BY bm25(search_index, 10.0, 1.0, 5.0), d.id
            LIMIT ? OFFSET ?
            """, arguments: [expression] + query.nouns + [query.limit, offset])
        return try rows.map {
            SearchHit(
                ref: try $0.ref("ref"), title: try $0.text("title"), snippet: try $0.text("snippet")
            )
        }
    }

    private static func matches(_ nouns: [String]) -> String {
        let marks = nouns.map { _ in "?" }.joined(separator: ", ")
        return """
            FROM search_index JOIN search_document d ON d.id = search_index.rowid
            WHERE search_index MATCH ? \(nouns.isEmpty ? "" : "AND d.noun IN (\(marks))")
            """
    }
}
