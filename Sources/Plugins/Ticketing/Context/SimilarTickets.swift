internal import OpsCore
internal import OpsJSONRPC

/// Gathers solved tickets of the same kind like one, and chooses the best.
struct SimilarTickets {
    /// How many tickets are looked at before the best are chosen.
    private static let candidates = 20
    private static let select = """
        SELECT t.key, t.kind, t.title, t.state, t.resolution, t.created_at, t.updated_at
        FROM ticketing_ticket t
        """

    private let ticket: Ticket
    private let similarity: Similarity
    private let tx: ReadTransaction
    private var found: [String: (ticket: RelatedTicket, score: Int)] = [:]

    init(to ticket: Ticket, in tx: ReadTransaction) {
        self.ticket = ticket
        similarity = Similarity(title: ticket.title)
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

    /// Asks with all of the longest words and goes on with fewer, until there are enough.
    mutating func addInTheSameWords(until limit: Int) throws {
        for question in similarity.questions where found.count < limit {
            let facets = ["solved": "true", "kind": ticket.kind.rawValue]
            let refs = try tx.newest(
                SearchQuery(question, nouns: ["ticket"], facets: facets, limit: Self.candidates))
            for ref in refs {
                let row = try tx.row("\(Self.select) WHERE t.key = ?", ref.key)
                if let row { try add(row, sharesItem: false, "says \(question)") }
            }
        }
    }

    private mutating func add(_ row: Row, sharesItem: Bool, _ reason: String) throws {
        let key = try row.text("key")
        let other = RelatedTicket(
            ref: Ticket.ref(key), key: key, kind: try row.text("kind"),
            title: try row.text("title"), state: try row.text("state"),
            resolution: try row.optionalText("resolution"), reason: reason,
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
        guard key != ticket.key, other.kind == ticket.kind.rawValue, found[key] == nil else {
            return
        }
        found[key] = (other, similarity.score(title: other.title, sharesItem: sharesItem))
    }
}
