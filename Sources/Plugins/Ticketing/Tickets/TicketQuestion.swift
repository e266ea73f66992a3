internal import OpsCore
internal import OpsJSONRPC

/// The query of a list: which tickets, in what order, from where on.
struct TicketQuestion {
    private(set) var sql: String
    private(set) var arguments: [(any SQLConvertible)?] = []
    private let order: ListTickets.Order
    private var conditions: [String] = []

    /// Asks for one ticket more than the page takes, so that it is known whether there is a next.
    ///
    /// - Parameter ownOnly: Whether whoever asks sees no more than the own tickets.
    init(
        _ params: ListTickets, by asker: Principal, ownOnly: Bool, in tx: ReadTransaction
    ) throws {
        sql = ""
        order = params.sort
        filter("kind", params.kind?.rawValue)
        filter("state", params.state?.rawValue)
        // As a literal, so that the engine may take the indexes of what is open.
        if let open = params.open { conditions.append("t.is_open = \(open ? 1 : 0)") }
        filter("priority", params.priority)
        filter("assignee", Self.person(params.assignee, asker))
        filter("requester", Self.person(params.requester, asker))
        if ownOnly { filter("requester", asker.name) }
        if let key = params.queue {
            let queue = try Queue.named(key, in: tx)
            filter("queue_id", Int(queue.ref.key))
        }
        if let cursor = params.cursor { try go(onAfter: cursor) }
        let restriction =
            conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        let sequence = order == .newest ? "t.id DESC" : "t.priority, t.id"
        sql = "\(Self.select(ownOnly: ownOnly)) \(restriction) ORDER BY \(sequence) LIMIT ?"
        arguments.append(params.limit + 1)
    }

    /// Everything of a ticket and the time worked on it, which is for those who work on tickets.
    private static func select(ownOnly: Bool) -> String {
        let work = """
            (SELECT SUM(e.work_ms) FROM ticketing_entry e
                WHERE e.ticket_id = t.id AND e.work_ms IS NOT NULL)
            """
        return """
            SELECT t.*, q.name AS queue, \(ownOnly ? "NULL" : work) AS work_ms
            FROM ticketing_ticket t LEFT JOIN ticketing_queue q ON q.id = t.queue_id
            """
    }

    /// The place of a row, from which the next page goes on.
    func cursor(after row: Row) throws -> String {
        let id = try row.int("id")
        return order == .newest ? "\(id)" : "\(try row.int("priority")):\(id)"
    }

    private static func person(_ name: String?, _ asker: Principal) -> String? {
        name == "@me" ? asker.name : name
    }

    private mutating func filter(_ column: String, _ value: (any SQLConvertible)?) {
        guard let value else { return }
        conditions.append("t.\(column) = ?")
        arguments.append(value)
    }

    private mutating func go(onAfter cursor: String) throws(RPCError) {
        let numbers = cursor.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        switch (order, numbers.count, numbers.first ?? nil, numbers.last ?? nil) {
        case (.newest, 1, let id?, _):
            conditions.append("t.id < ?")
            arguments.append(id)
        case (.priority, 2, let priority?, let id?):
            conditions.append("(t.priority > ? OR t.priority = ? AND t.id > ?)")
            arguments += [priority, priority, id]
        default:
            throw .badMember("cursor", "is none of this order")
        }
    }
}
