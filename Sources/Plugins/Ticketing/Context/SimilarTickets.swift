internal import OpsCore
internal import OpsJSONRPC

/// Gathers solved tickets of the same kind like one, and chooses the best.
struct SimilarTickets {
    /// How many tickets are looked at for each item and each word before the best are chosen.
    private static let candidates = 20
    /// How many words of the title are looked at, and by how many of them tickets are looked for.
    private static let (mostWords, mostAsked) = (4, 3)
    private static let select = """
        SELECT t.key, t.kind, t.title, t.state, t.resolution, t.created_at, t.updated_at
        FROM ticketing_ticket t
        """

    private let ticket: Ticket
    private let similarity: Similarity
    private let tx: ReadTransaction
    private var found: [String: (ticket: RelatedTicket, score: Double)] = [:]

    init(to ticket: Ticket, in tx: ReadTransaction) throws {
        self.ticket = ticket
        let words = Similarity.words(of: ticket.title, longest: Self.mostWords)
        similarity = Similarity(rarities: try tx.rarities(of: words, among: "ticket"))
        self.tx = tx
    }

    func best(_ limit: Int) -> [RelatedTicket] {
        found.values
            .sorted {
                ($0.score, $0.ticket.createdAt, $0.ticket.key)
                    > ($1.score, $1.ticket.createdAt, $1.ticket.key)
            }
            .prefix(limit).map(\.ticket)
    }

    mutating func add(about item: Ref) throws {
        let rows = try tx.rows(
            """
            \(Self.select) JOIN link l ON t.key = substr(l.from_ref, 8)
            WHERE l.to_ref = ? AND l.relation = 'affects' AND l.from_ref LIKE 'ticket:%'
                AND t.is_open = 0 AND t.resolution IS NOT NULL AND t.kind = ?
            ORDER BY t.id DESC LIMIT ?
            """, item, ticket.kind.rawValue, Self.candidates)
        for row in rows { try add(row, sharesItem: true, "affects \(item)") }
    }

    /// Looks at the newest that have one of the title's rarest words.
    ///
    /// Not at those that have several of the words: to join the lists of frequent words takes the longer,
    /// the more tickets there are.
    mutating func addInTheSameWords() throws {
        let facets = ["solved": "true", "kind": ticket.kind.rawValue]
        for word in similarity.words.prefix(Self.mostAsked) {
            let refs = try tx.newest(
                SearchQuery(word, nouns: ["ticket"], facets: facets, limit: Self.candidates))
            for ref in refs {
                let row = try tx.row("\(Self.select) WHERE t.key = ?", ref.key)
                if let row { try add(row, saying: word) }
            }
        }
    }

    private mutating func add(_ row: Row, saying word: String) throws {
        let common = similarity.common(with: try row.text("title"))
        let words = common.isEmpty ? [word] : common
        try add(row, sharesItem: false, "says \(words.joined(separator: " "))")
    }

    private mutating func add(_ row: Row, sharesItem: Bool, _ reason: String) throws {
        let key = try row.text("key")
        guard key != ticket.key, found[key] == nil else { return }
        let other = RelatedTicket(
            ref: Ticket.ref(key), key: key, kind: try row.text("kind"),
            title: try row.text("title"), state: try row.text("state"),
            resolution: try row.optionalText("resolution"), reason: reason,
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
        found[key] = (other, similarity.score(title: other.title, sharesItem: sharesItem))
    }
}
