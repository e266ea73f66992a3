extension ReadTransaction {
    /// Looks for the records that match and were written last, the last first.
    ///
    /// Nothing is counted or ranked. Where enough of the newest two hundred pass the filters, it costs no
    /// more than those, however much there is.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for more words than a search may have, or
    ///   a limit that is not acceptable.
    public func newest(_ query: SearchQuery) throws -> NewestPage {
        try checkLimit(query.limit)
        guard let question = try SearchQuestion(query) else { return NewestPage() }
        var walk = NewestWalk(question: question, limit: query.limit)
        try statements.forEach(Self.newest, [question.words]) { try walk.look(at: $0) }
        if walk.isGivenUp {
            // Few of many: now the filters' lists are the shorter way.
            walk.page.records = try rows("\(Self.newest) LIMIT ?", question.narrowed, query.limit)
                .map(NewestPage.Record.init)
        }
        return walk.page
    }

    /// How many records of a noun there are, by the newest two hundred; beside it, how rare some words are
    /// among them is told by what ``newest(_:)`` answers.
    public func spread(of noun: String) throws -> Spread {
        let facet = SearchFacet(name: SearchFacet.noun, value: noun).word
        var spread = Spread()
        try statements.forEach(
            "SELECT rowid AS id FROM search_index WHERE search_index MATCH ? ORDER BY rowid DESC",
            ["facets : \"\(facet)\""]
        ) { row in
            spread.add(try row.int("id"))
            spread.isAll = spread.count < Self.spreadSample
            return spread.isAll
        }
        return spread
    }

    private static let spreadSample = 200

    private static let newest = """
        SELECT d.id, d.ref, d.title, d.facets FROM search_index
        JOIN search_document d ON d.id = search_index.rowid
        WHERE search_index MATCH ? ORDER BY search_index.rowid DESC
        """
}

/// The way through the records that have some words, the newest first.
private struct NewestWalk {
    /// How many tell well enough how close together all of them stand.
    private static let leastLooked = 50

    let question: SearchQuestion
    let limit: Int
    var page = NewestPage()

    /// Whether too many do not pass the filters.
    var isGivenUp: Bool { page.records.count < limit && !page.spread.isAll }

    /// Answers whether to go on.
    mutating func look(at row: Row) throws -> Bool {
        page.spread.add(try row.int("id"))
        if page.records.count < limit, question.accepts(try row.text("facets")) {
            page.records.append(try NewestPage.Record(row))
        }
        let looked = page.spread.count
        let isEnough = page.records.count == limit && looked >= Self.leastLooked
        page.spread.isAll = !isEnough && looked < SearchQuestion.few
        return page.spread.isAll
    }
}

extension NewestPage.Record {
    fileprivate init(_ row: Row) throws {
        self.init(ref: try row.ref("ref"), title: try row.text("title"))
    }
}
