extension ReadTransaction {
    /// Looks for records by words of their search documents, best first.
    ///
    /// A match in the title weighs more than one in the labels, and that more than one in the body.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` when limit or cursor are not
    ///   acceptable; never because of what the text holds.
    public func search(_ query: SearchQuery) throws -> SearchPage {
        try checkLimit(query.limit)
        let offset = try offset(of: query.cursor)
        guard let question = try SearchQuestion(query) else {
            return SearchPage(items: [], total: 0, nextCursor: nil)
        }
        let best = try few(question, query, offset) ?? all(question, query, offset)
        // To look a single document up is least work; but a beginning that the index has no list of is
        // put together from all words that begin so, and that for each look-up.
        let items =
            question.hasLongSearch
            ? try hits(question.words, best.ids)
            : try best.ids.flatMap { try hits(question.words, [$0]) }
        let end = offset + items.count
        let isLast = end >= best.total || items.isEmpty
        return SearchPage(items: items, total: best.total, nextCursor: isLast ? nil : "\(end)")
    }

    func checkLimit(_ limit: Int) throws {
        guard (1...1000).contains(limit) else {
            throw StoreError(.invalidArgument, "limit has to be from 1 to 1000")
        }
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

    /// Finds and ranks by the words alone when few records have them, and looks the filters up for each.
    ///
    /// The engine would walk through the filters' lists, in which half of all records may stand.
    ///
    /// - Returns: nil when there are many, or no filters, or to find them once is dear already.
    private func few(
        _ question: SearchQuestion, _ query: SearchQuery, _ offset: Int
    ) throws -> (ids: [Int64], total: Int)? {
        guard question.isFiltered, !question.hasLongSearch else { return nil }
        let found = try rows(
            """
            SELECT rowid AS id, \(Self.rank) AS rank FROM search_index
            WHERE search_index MATCH ? LIMIT \(SearchQuestion.few + 1)
            """, question.count, question.words)
        guard found.count <= SearchQuestion.few else { return nil }
        let ranks = try found.map { (try $0.double("rank"), try $0.int64("id")) }
        let passing = Set(try passing(ranks.map(\.1), question))
        let ids = ranks.sorted { $0 < $1 }.map(\.1).filter(passing.contains)
        return (Array(ids.dropFirst(offset).prefix(query.limit)), ids.count)
    }

    /// Those of some documents that have what the filters ask for.
    private func passing(_ ids: [Int64], _ question: SearchQuestion) throws -> [Int64] {
        try rows(
            "SELECT id, facets FROM search_document WHERE id IN (SELECT value FROM json_each(?))",
            Self.list(ids)
        ).filter { question.accepts(try $0.text("facets")) }.map { try $0.int64("id") }
    }

    /// Finds, filters and ranks in one walk.
    private func all(
        _ question: SearchQuestion, _ query: SearchQuery, _ offset: Int
    ) throws -> (ids: [Int64], total: Int) {
        let found = try rows(
            """
            SELECT id, COUNT(*) OVER () AS total FROM (
                SELECT rowid AS id, \(Self.rank) AS rank FROM search_index
                WHERE search_index MATCH ?)
            ORDER BY rank, id LIMIT ? OFFSET ?
            """, question.count, question.narrowed, query.limit, offset)
        let isPastTheEnd = found.isEmpty && offset > 0
        let total =
            isPastTheEnd ? try count(question.narrowed) : try found.first?.int("total") ?? 0
        return (try found.map { try $0.int64("id") }, total)
    }

    private func count(_ expression: String) throws -> Int {
        try row(
            "SELECT COUNT(*) AS total FROM search_index WHERE search_index MATCH ?", expression)?
            .int("total") ?? 0
    }

    /// How well a record matches; its argument is how many words the question has.
    private static let rank =
        "\(SearchRank.name)(search_index, ?, (SELECT MAX(id) FROM search_document))"

    private static func list(_ ids: [Int64]) -> String {
        "[\(ids.map(String.init).joined(separator: ","))]"
    }

    /// Shows documents in the order of their numbers; one alone without a walk through all that match.
    private func hits(_ words: String, _ ids: [Int64]) throws -> [SearchHit] {
        guard let first = ids.first else { return [] }
        let isOne = ids.count == 1
        let place =
            isOne
            ? "search_index.rowid = ?"
            : "+search_index.rowid IN (SELECT value FROM json_each(?))"
        let found = try rows(
            """
            SELECT d.id, d.ref, d.title,
                snippet(search_index, -1, '', '', '…', 16) AS snippet
            FROM search_index JOIN search_document d ON d.id = search_index.rowid
            WHERE search_index MATCH ? AND \(place)
            """, arguments: [words] + (isOne ? [first] : [Self.list(ids)]))
        let hits = try found.map { row in
            let hit = SearchHit(
                ref: try row.ref("ref"), title: try row.text("title"),
                snippet: try row.text("snippet"))
            return (try row.int64("id"), hit)
        }
        let byID = Dictionary(hits, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }
}
