import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreSearchTests {
    private let folder: StoreFolder
    private let store: Store

    init() throws {
        folder = try StoreFolder()
        store = try folder.open()
    }

    private func index(_ documents: SearchDocument...) async throws {
        try await store.write(as: .system, reason: "index") { tx in
            for document in documents { try tx.index(document) }
        }
    }

    private func search(_ query: SearchQuery) async throws -> SearchPage {
        try await store.read { try $0.search(query) }
    }

    private func refs(_ text: String, nouns: [String] = []) async throws -> [String] {
        try await search(SearchQuery(text, nouns: nouns)).items.map(\.ref.description)
    }

    private func indexThree() async throws {
        try await index(
            SearchDocument(
                ref: Ref("ticket", 1), title: "Disk full on web-1",
                body: "The volume /var is full. Größe prüfen.", labels: ["prod", "SN-4711"]),
            SearchDocument(
                ref: Ref("ticket", 2), title: "Mail is slow", body: "queue grows, disk busy"),
            SearchDocument(ref: Ref("check", "disk"), title: "Diskette", body: "東京 データ"))
    }

    @Test func `every word has to occur, in title, body or labels`() async throws {
        try await indexThree()
        #expect(try await refs("disk full") == ["ticket:1"])
        #expect(try await refs("disk") == ["ticket:1", "ticket:2"], "the title weighs most")
        #expect(try await refs("disk absent") == [])
        #expect(try await refs("sn-4711") == ["ticket:1"])
        #expect(try await refs("PROD") == ["ticket:1"])
    }

    @Test func `a star finds beginnings, quotes find neighbours`() async throws {
        try await indexThree()
        #expect(try await Set(refs("dis*")) == ["ticket:1", "ticket:2", "check:disk"])
        #expect(try await refs("diskett*") == ["check:disk"])
        #expect(try await refs("\"is full\"") == ["ticket:1"])
        #expect(try await refs("\"full is\"") == [])
        #expect(try await refs("\"mail is sl\"*") == ["ticket:2"])
    }

    @Test func `a beginning of any length answers the best first, with its total and its pages`()
        async throws
    {
        let words = ["disk", "diskette", "dispatch", "door"]
        try await store.write(as: .system, reason: "index") { tx in
            for number in 1...40 {
                let word = words[number % 4]
                try tx.index(
                    SearchDocument(
                        ref: Ref("ticket", number), title: number == 30 ? "\(word) \(word)" : "x",
                        body: "\(word) \(number)"))
            }
        }
        for (text, total) in [("d*", 40), ("di*", 30), ("dis*", 30), ("disk*", 20), ("diske*", 10)]
        {
            let whole = try await search(SearchQuery(text, limit: 100))
            #expect(whole.total == total && whole.items.count == total, "\(text)")
            #expect(Set(whole.items.map(\.ref)).count == total, "\(text)")
            var (pages, cursor) = ([Ref](), String?.none)
            repeat {
                let page = try await search(SearchQuery(text, limit: 7, cursor: cursor))
                pages += page.items.map(\.ref)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(pages == whole.items.map(\.ref), "\(text)")
        }
        let best = try await search(SearchQuery("d*", limit: 1)).items.first
        #expect(best?.ref == Ref("ticket", 30) && best?.snippet == "dispatch dispatch")
        #expect(try await refs("door 3*").count == 4)
    }

    @Test func `only beginnings that the index has no list of are long searches`() throws {
        for text in ["disk", "dis*", "dis* full", "\"a dis\"*", "a b-dis*"] {
            #expect(try !SearchExpression(text).hasLongSearch, "\(text)")
        }
        for text in ["d*", "di*", "full disk*", "\"a disk\"*", "b-d*"] {
            #expect(try SearchExpression(text).hasLongSearch, "\(text)")
        }
    }

    @Test func `accents do not matter and other scripts work`() async throws {
        try await indexThree()
        #expect(try await refs("grosse") == [])
        #expect(try await refs("große PRUFEN") == ["ticket:1"])
        #expect(try await refs("grÖß*") == ["ticket:1"])
        #expect(try await refs("東京") == ["check:disk"])
        #expect(try await refs("デー*") == ["check:disk"])
    }

    @Test func `a search can be kept to nouns`() async throws {
        try await indexThree()
        #expect(try await refs("dis*", nouns: ["check"]) == ["check:disk"])
        #expect(try await Set(refs("dis*", nouns: ["check", "ticket"])).count == 3)
        #expect(try await search(SearchQuery("dis*", nouns: ["vendor"])).total == 0)
    }

    @Test func `a search can be kept to what records have exactly`() async throws {
        for (number, state, queue) in [
            (1, "open", "Größe & Co"), (2, "open", "net"), (3, "closed", "net"),
        ] {
            try await index(
                SearchDocument(
                    ref: Ref("ticket", number), title: "Disk \(number)",
                    facets: ["state": state, "queue": queue]))
        }
        func found(_ facets: [String: String], _ text: String = "disk") async throws -> [String] {
            let page = try await search(SearchQuery(text, nouns: ["ticket"], facets: facets))
            #expect(page.total == page.items.count)
            return page.items.map(\.ref.description).sorted()
        }
        #expect(try await found(["state": "open"]) == ["ticket:1", "ticket:2"])
        #expect(try await found(["state": "open", "queue": "net"]) == ["ticket:2"])
        #expect(try await found(["queue": "Größe & Co"]) == ["ticket:1"])
        for absent in ["Grosse & Co", "größe & co", "", "\" OR \"", "ne*"] {
            #expect(try await found(["queue": absent]) == [])
        }
        // What a facet says is no word of the text.
        for text in ["open", "\(SearchFacet(name: "state", value: "open").word)", "73*"] {
            #expect(try await found([:], text) == [])
        }
        try await index(
            SearchDocument(ref: Ref("ticket", 2), title: "Disk 2", facets: ["state": "closed"]))
        #expect(try await found(["state": "open"]) == ["ticket:1"])
        #expect(try await found(["state": "closed"]) == ["ticket:2", "ticket:3"])
        #expect(try await found(["queue": "net"]) == ["ticket:3"])
        let many = SearchQuery("disk", nouns: Array(repeating: "ticket", count: 33))
        await #expect(throws: StoreError.self) { _ = try await search(many) }
        try await store.checkIntegrity()
    }

    @Test func `names and values of facets may hold any character, and no two share a word`()
        async throws
    {
        let facets = [("a", "b=c"), ("a=b", "c"), ("a", "bxc"), ("axb", "c"), ("", "a"), ("a", "")]
        for (number, (name, value)) in facets.enumerated() {
            try await index(
                SearchDocument(
                    ref: Ref("ticket", number), title: "Disk", facets: [name: value]))
        }
        for (number, (name, value)) in facets.enumerated() {
            let page = try await search(SearchQuery("disk", facets: [name: value]))
            #expect(page.items.map(\.ref) == [Ref("ticket", number)], "\(name) is \(value)")
        }
    }

    @Test func `the newest that match come without a total`() async throws {
        for number in 1...5 {
            try await index(
                SearchDocument(
                    ref: Ref("ticket", number), title: "Disk \(number)",
                    facets: ["odd": "\(number % 2)"]))
        }
        try await index(SearchDocument(ref: Ref("ticket", 1), title: "Disk again"))
        func newest(_ query: SearchQuery) async throws -> [String] {
            try await store.read { try $0.newest(query) }.records.map(\.ref.description)
        }
        #expect(
            try await newest(SearchQuery("disk", limit: 3)) == ["ticket:1", "ticket:5", "ticket:4"])
        #expect(
            try await newest(SearchQuery("di*", nouns: ["ticket"], facets: ["odd": "1"]))
                == ["ticket:5", "ticket:3"])
        #expect(try await newest(SearchQuery("*")) == [])
    }

    @Test func `a store from before facets is searched by nouns`() async throws {
        try await indexThree()
        // As version 0.2.0 left it.
        for sql in [
            "DROP TABLE search_index", "ALTER TABLE search_document DROP COLUMN facets",
            """
            CREATE VIRTUAL TABLE search_index USING fts5 (
                title, body, labels, content='search_document', content_rowid='id',
                tokenize='unicode61 remove_diacritics 2', prefix='2 3')
            """,
            "INSERT INTO search_index (search_index) VALUES ('rebuild')",
            "DELETE FROM migration WHERE name IN ('add_search_facets', 'gather_search_index')",
        ] {
            try await store.writeUnaudited { _ = try $0.execute(sql) }
        }
        await store.close()
        let again = try folder.open()
        let page = try await again.read { try $0.search(SearchQuery("dis*", nouns: ["check"])) }
        #expect(page.items.map(\.ref.description) == ["check:disk"] && page.total == 1)
        try await again.write(as: .system, reason: "index") { try $0.unindex(Ref("check", "disk")) }
        let rest = try await again.read { try $0.search(SearchQuery("dis*")) }
        #expect(rest.total == 2)
        try await again.checkIntegrity()
        await again.close()
    }

    @Test(arguments: [
        "", " ", "*", "\"", "\"\"\"", "'", "disk'; DROP TABLE note", "AND", "OR OR", "NOT disk",
        "NEAR(a b)", "title:disk", "{title body}: x", "^disk", "a + b", "(", ")", "-", "a\u{0}b",
        "\u{1F600}", "disk^", "\\", "%_", "\u{202E}x", "col:*", "\u{E000}*", "e\u{301}*",
    ])
    func `no text is ever a syntax error`(text: String) async throws {
        try await indexThree()
        let page = try await search(SearchQuery(text))
        #expect(page.total == page.items.count)
    }

    @Test func `the longest text that is allowed is no trouble for the engine`() async throws {
        try await indexThree()
        let text = (1...SearchExpression.maxTerms).map { "w\($0)*" }.joined(separator: " ")
        #expect(try await refs(text) == [])
        #expect(try await refs(String(repeating: "x", count: 200_000)) == [])
    }

    @Test func `a second document replaces the first`() async throws {
        try await indexThree()
        try await index(SearchDocument(ref: Ref("ticket", 1), title: "Printer", body: "jam"))
        #expect(try await refs("full") == [])
        #expect(try await refs("prod") == [])
        #expect(try await refs("printer jam") == ["ticket:1"])
    }

    @Test func `what was taken out is not found`() async throws {
        try await indexThree()
        try await store.write(as: .system, reason: "") { tx in
            try tx.unindex(Ref("ticket", 1))
            try tx.unindex(Ref("ticket", 99))
        }
        #expect(try await refs("disk") == ["ticket:2"])
        try await store.checkIntegrity()
    }

    @Test func `a write that fails leaves the index as it was, and sees its own changes`()
        async throws
    {
        try await indexThree()
        _ = try? await store.write(as: .system, reason: "") { tx in
            try tx.index(SearchDocument(ref: Ref("ticket", 1), title: "Printer"))
            #expect(try tx.search(SearchQuery("printer")).total == 1)
            #expect(try tx.search(SearchQuery("full")).total == 0)
            throw Refusal()
        }
        #expect(try await refs("printer") == [])
        #expect(try await refs("full") == ["ticket:1"])
    }

    @Test func `pages cover everything once, with the exact total`() async throws {
        try await store.write(as: .system, reason: "") { tx in
            for number in 1...25 {
                try tx.index(SearchDocument(ref: Ref("host", number), title: "host \(number)"))
            }
        }
        var (found, cursor, pages): ([Ref], String?, Int) = ([], nil, 0)
        repeat {
            let page = try await search(SearchQuery("host", limit: 10, cursor: cursor))
            #expect(page.total == 25)
            found += page.items.map(\.ref)
            cursor = page.nextCursor
            pages += 1
        } while cursor != nil
        #expect(pages == 3)
        #expect(Set(found).count == 25)
        #expect(try await search(SearchQuery("host", limit: 25)).nextCursor == nil)
        #expect(try await search(SearchQuery("host", cursor: "900")).items == [])
    }

    @Test(arguments: [(0, nil), (1001, nil), (20, "x"), (20, "-1")] as [(Int, String?)])
    func `a limit or cursor that makes no sense is refused`(limit: Int, cursor: String?)
        async throws
    {
        let error = await #expect(throws: StoreError.self) {
            try await search(SearchQuery("x", limit: limit, cursor: cursor))
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `a hit shows the text around the match`() async throws {
        let words = (1...200).map { "word\($0)" }.joined(separator: " ")
        try await index(SearchDocument(ref: Ref("note", 1), title: "Long", body: words))
        let hit = try #require(try await search(SearchQuery("word150")).items.first)
        #expect(hit.title == "Long")
        #expect(hit.snippet.contains("word150"))
        #expect(hit.snippet.utf8.count < 300)
    }

    // MARK: - Few and many

    /// Documents with one to three of the words, and of two kinds.
    private func indexMany(_ count: Int) async throws {
        try await store.write(as: .system, reason: "index") { tx in
            for number in 1...count {
                let words = ["disk", "full", "again"].enumerated()
                    .filter { number.isMultiple(of: $0.offset + 1) }
                    .flatMap { Array(repeating: $0.element, count: number % 4 + 1) }
                try tx.index(
                    SearchDocument(
                        ref: Ref(number.isMultiple(of: 7) ? "check" : "ticket", number),
                        title: number.isMultiple(of: 5) ? "disk" : "thing \(number)",
                        body: words.joined(separator: " "),
                        labels: number.isMultiple(of: 3) ? ["full disk"] : [],
                        facets: ["odd": "\(number % 2)", "third": "\(number % 3)"]))
            }
        }
    }

    @Test(arguments: [100, 201, 700])
    func `Whether few or many have the words, the best come first, filtered, with their total`(
        count: Int
    ) async throws {
        try await indexMany(count)
        for (nouns, facets) in [
            (["ticket"], [:]), (["ticket", "check"], ["odd": "1"]),
            (["check"], ["odd": "0", "third": "1"]), ([], ["third": "3"]),
        ] as [([String], [String: String])] {
            let all = try await search(SearchQuery("disk", limit: 1000))
            let expected = all.items.map(\.ref).filter { ref in
                let number = Int(ref.key) ?? 0
                return (nouns.isEmpty || nouns.contains(ref.noun))
                    && (facets["odd"] ?? "\(number % 2)") == "\(number % 2)"
                    && (facets["third"] ?? "\(number % 3)") == "\(number % 3)"
            }
            var (found, cursor) = ([Ref](), String?.none)
            repeat {
                let page = try await search(
                    SearchQuery("disk", nouns: nouns, facets: facets, limit: 9, cursor: cursor))
                #expect(page.total == expected.count)
                found += page.items.map(\.ref)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(all.total == count && found == expected)
            let past = try await search(
                SearchQuery("disk", nouns: nouns, facets: facets, cursor: "5000"))
            #expect(past.items.isEmpty && past.total == expected.count && past.nextCursor == nil)
            let newest = try await store.read {
                try $0.newest(SearchQuery("disk", nouns: nouns, facets: facets, limit: 9))
            }
            let byAge = expected.sorted { Int($0.key) ?? 0 > Int($1.key) ?? 0 }
            #expect(newest.records.map(\.ref) == Array(byAge.prefix(9)))
        }
    }

    // MARK: - Ranking

    /// What the words weigh by ourselves and by the engine, by document.
    private func scores(_ words: String, _ count: Int) async throws -> [(
        own: Double, engine: Double
    )] {
        try await store.read { tx in
            try tx.rows(
                """
                SELECT search_rank(search_index, ?, (SELECT MAX(id) FROM search_document)) AS own,
                    bm25(search_index, 10, 1, 5, 0) AS engine
                FROM search_index WHERE search_index MATCH ?
                """, count, words
            ).map { (try $0.double("own"), try $0.double("engine")) }
        }
    }

    @Test func `A record's rank is that of BM25`() async throws {
        try await indexMany(700)
        for (words, count) in [("disk", 1), ("disk AND full", 2), ("disk AND \"full full\"", 2)] {
            let scores = try await scores(words, count)
            #expect(!scores.isEmpty)
            for score in scores { #expect(abs(score.own - score.engine) < 1e-9, "\(words)") }
        }
    }

    @Test func `How rare a word is, is estimated by its first thousand`() async throws {
        try await store.write(as: .system, reason: "index") { tx in
            // Others before them count for nothing.
            for number in 1...2000 {
                try tx.index(SearchDocument(ref: Ref("ci", number), title: "thing"))
            }
            for number in 1...4000 {
                let words = (1...3).contains(number % 10) ? "full disk disk" : "disk"
                try tx.index(SearchDocument(ref: Ref("ticket", number), title: words))
            }
            for number in 1...444 { try tx.unindex(Ref("ticket", number * 9)) }
        }
        for (words, count) in [("full", 1), ("full AND disk", 2)] {
            let scores = try await scores(words, count)
            #expect(scores.count == 1068)
            for score in scores {
                #expect(abs(score.own - score.engine) < 0.02 * abs(score.engine), "\(words)")
            }
        }
    }

    @Test func `Filters do not weigh`() async throws {
        try await indexMany(700)
        let word = SearchFacet(name: "third", value: "0").word
        let plain = try await scores("disk AND full AND again", 3)
        let filtered = try await scores("disk AND full AND again AND facets : \(word)", 3)
        #expect(plain.map(\.own) == filtered.map(\.own) && !plain.isEmpty)
        await #expect(throws: StoreError.self) {
            try await store.read { tx in
                try tx.rows(
                    "SELECT search_rank(search_index) FROM search_index WHERE search_index MATCH ?",
                    "disk")
            }
        }
    }

    @Test(arguments: [0, 2000])
    func `How rare words are among the records of a noun is told in bits`(
        itemsBefore: Int
    ) async throws {
        // What others have written before, write in between and after, changes nothing.
        if itemsBefore > 0 { try await indexItems(1...itemsBefore) }
        try await store.write(as: .system, reason: "index") { tx in
            for number in 1...1024 {
                let words = [1, 2, 8, 256, 1024].filter { number.isMultiple(of: $0) }
                try tx.index(
                    SearchDocument(
                        ref: Ref("ticket", number),
                        title: words.map { "w\($0)" }.joined(separator: " "),
                        facets: ["w": "w9"]))
                for other in 1...3 {
                    try tx.index(SearchDocument(ref: Ref("check", other), title: "x"))
                }
            }
        }
        try await indexItems(1...500)
        func newest(_ word: String) async throws -> NewestPage {
            try await store.read {
                try $0.newest(SearchQuery(word, nouns: ["ticket"], facets: ["w": "w9"]))
            }
        }
        func spread(of noun: String) async throws -> Spread {
            try await store.read { try $0.spread(of: noun) }
        }
        let tickets = try await spread(of: "ticket")
        // A word that is counted is told among as many as there were if they always stood so close.
        let more = log2(Double(4096 + itemsBefore) / 4096)
        for (word, bits) in [("w1", 0.01), ("w2", 1.0), ("w8", 3), ("w256", 8 + more)] {
            let page = try await newest(word)
            let found = try #require(page.spread.bits(among: tickets))
            #expect(abs(found - bits) < 0.05, "\(word)")
            let titles = page.records.map { $0.title.split(separator: " ") }
            #expect(!titles.isEmpty && titles.allSatisfy { $0.contains(Substring(word)) })
        }
        let alone = try await newest("w1024")
        #expect(alone.records.map(\.ref) == [Ref("ticket", 1024)])
        #expect(alone.spread.bits(among: tickets) == nil, "one alone says nothing")
        for word in ["w9", "", "*"] {
            let page = try await newest(word)
            #expect(page == NewestPage() && page.spread.bits(among: tickets) == nil, "\(word)")
        }
        let vendors = try await spread(of: "vendor")
        #expect(try await newest("w2").spread.bits(among: vendors) == nil)
    }

    @Test func `What all say for a while is frequent, and what few say is counted`() async throws {
        func bits(_ word: String) async throws -> Double? {
            try await store.read { tx in
                try tx.newest(SearchQuery(word, limit: 20)).spread
                    .bits(among: tx.spread(of: "ticket"))
            }
        }
        func index(_ numbers: ClosedRange<Int>, _ title: String) async throws {
            try await store.write(as: .system, reason: "index") { tx in
                for number in numbers {
                    try tx.index(SearchDocument(ref: Ref("ticket", number), title: title))
                }
            }
        }
        try await index(1...980, "quiet")
        // Fewer than are looked at are counted, however close together they stand.
        try await index(981...1020, "storm")
        #expect(abs(try #require(try await bits("storm")) - log2(1020.0 / 40)) < 0.05)
        try await index(1021...1100, "storm")
        #expect(try await bits("storm") == 0.01)
    }

    private func indexItems(_ numbers: ClosedRange<Int>) async throws {
        try await store.write(as: .system, reason: "index") { tx in
            for number in numbers {
                try tx.index(SearchDocument(ref: Ref("ci", number), title: "x"))
            }
        }
    }
}
