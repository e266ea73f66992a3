internal import OpsCore
internal import OpsJSONRPC

/// Gathers solved tickets of the same kind like one, and chooses the best.
struct SimilarTickets {
    /// How many tickets are looked at for each item and each word before the best are chosen.
    private static let candidates = 20
    /// How many words of the title are looked at, and by how many of them tickets are looked for.
    private static let (mostWords, mostAsked) = (4, 3)

    /// A ticket that may be among the best.
    private struct Candidate {
        let key: String
        let reason: String
        let score: Double
    }

    private let ticket: Ticket
    private let tx: ReadTransaction
    /// The newest tickets that have one of the title's words.
    private let newest: [String: NewestPage]
    private let similarity: Similarity
    private var found: [String: Candidate] = [:]

    init(to ticket: Ticket, in tx: ReadTransaction) throws {
        self.ticket = ticket
        self.tx = tx
        let facets = ["solved": "true", "kind": ticket.kind.rawValue]
        var newest: [String: NewestPage] = [:]
        for word in Similarity.words(of: ticket.title, longest: Self.mostWords) {
            // Each word alone: to join the lists of frequent words takes the longer, the more tickets
            // there are.
            newest[word] = try tx.newest(
                SearchQuery(word, nouns: ["ticket"], facets: facets, limit: Self.candidates))
        }
        self.newest = newest
        let tickets = try tx.spread(of: "ticket")
        similarity = Similarity(
            rarities: newest.compactMapValues { $0.spread.bits(among: tickets) })
    }

    /// The best, and of those that are as good the last.
    func best(_ limit: Int) throws -> [RelatedTicket] {
        let scores = found.values.map(\.score).sorted(by: >)
        guard let least = scores.prefix(limit).last else { return [] }
        return try found.values.filter { $0.score >= least }
            .compactMap { candidate in try related(candidate).map { ($0, candidate.score) } }
            .sorted { ($0.1, $0.0.createdAt, $0.0.key) > ($1.1, $1.0.createdAt, $1.0.key) }
            .prefix(limit).map(\.0)
    }

    private func related(_ candidate: Candidate) throws -> RelatedTicket? {
        try tx.row(
            """
            SELECT key, kind, title, state, resolution, created_at, updated_at
            FROM ticketing_ticket WHERE key = ?
            """, candidate.key
        ).map { row in
            RelatedTicket(
                ref: Ticket.ref(candidate.key), key: candidate.key, kind: try row.text("kind"),
                title: try row.text("title"), state: try row.text("state"),
                resolution: try row.optionalText("resolution"), reason: candidate.reason,
                createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
        }
    }

    mutating func add(about item: Ref) throws {
        let rows = try tx.rows(
            """
            SELECT t.key, t.title FROM ticketing_ticket t
            JOIN link l ON t.key = substr(l.from_ref, 8)
            WHERE l.to_ref = ? AND l.relation = 'affects' AND l.from_ref LIKE 'ticket:%'
                AND t.is_open = 0 AND t.resolution IS NOT NULL AND t.kind = ?
            ORDER BY t.id DESC LIMIT ?
            """, item, ticket.kind.rawValue, Self.candidates)
        for row in rows {
            let common = similarity.common(with: try row.text("title"))
            add(try row.text("key"), common, sharesItem: true, "affects \(item)")
        }
    }

    /// Looks at the newest that have one of the title's rarest words.
    mutating func addInTheSameWords() {
        for word in similarity.words.prefix(Self.mostAsked) {
            for record in newest[word]?.records ?? [] {
                let common = similarity.common(with: record.title)
                // It may have the word elsewhere than in its title.
                let said = (common.isEmpty ? [word] : common).joined(separator: " ")
                add(record.ref.key, common, sharesItem: false, "says \(said)")
            }
        }
    }

    private mutating func add(
        _ key: String, _ common: [String], sharesItem: Bool, _ reason: String
    ) {
        guard key != ticket.key, found[key] == nil else { return }
        let score = similarity.score(common: common, sharesItem: sharesItem)
        found[key] = Candidate(key: key, reason: reason, score: score)
    }
}
