extension ReadTransaction {
    /// Looks for the records that match and were written last, the last first.
    ///
    /// Nothing is counted or ranked. Where enough of the newest two hundred pass the filters, it costs no
    /// more than those, however much there is.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for more words than a search may have, or
    ///   a limit that is not acceptable.
    public func newest(_ query: SearchQuery) throws -> NewestPage {
        try check(query.limit)
        guard let question = try SearchQuestion(query) else {
            return NewestPage(records: [], about: 0)
        }
        var (records, sample, isEnded) = ([NewestPage.Record](), NewestSample(), true)
        try statements.forEach(Self.newest, [question.words]) { row in
            sample.add(try row.int("id"))
            if records.count < query.limit, question.accepts(try row.text("facets")) {
                records.append(try Self.record(row))
            }
            let isEnough = records.count == query.limit && sample.isTelling
            let goesOn = !isEnough && sample.looked < SearchQuestion.few
            isEnded = goesOn
            return goesOn
        }
        if records.count < query.limit, !isEnded {
            // Few of many: now the filters' lists are the shorter way.
            records = try rows("\(Self.newest) LIMIT ?", question.narrowed, query.limit)
                .map(Self.record)
        }
        return NewestPage(records: records, about: sample.about(isAll: isEnded))
    }

    private static func record(_ row: Row) throws -> NewestPage.Record {
        NewestPage.Record(ref: try row.ref("ref"), title: try row.text("title"))
    }

    private static let newest = """
        SELECT d.id, d.ref, d.title, d.facets FROM search_index
        JOIN search_document d ON d.id = search_index.rowid
        WHERE search_index MATCH ? ORDER BY search_index.rowid DESC
        """
}

/// Where the newest documents stand that have some words.
private struct NewestSample {
    /// How many tell well enough how close together all of them stand.
    private static let least = 25

    private(set) var looked = 0
    private var first = 0
    private var last = 0

    var isTelling: Bool { looked >= Self.least }

    mutating func add(_ number: Int) {
        if looked == 0 { last = number }
        first = number
        looked += 1
    }

    /// About how many there are; the numbers of all documents begin at one.
    func about(isAll: Bool) -> Double {
        guard !isAll, last > first else { return Double(looked) }
        return Double(looked - 1) / Double(last - first) * Double(last)
    }
}
