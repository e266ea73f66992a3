import Glibc
import Logging
import OpsCore
import OpsJSONRPC

/// The data folder of a daemon, filled with years of tickets.
///
/// Created through the methods these would take an hour. So one record of each kind is created
/// that way, and its row is repeated with other values, search documents and links included.
struct DeskFolder {
    let tickets: Int
    let entries: Int
    let items: Int

    private static let portion = 2000
    private static let day: Int64 = 86_400_000

    func fill(_ path: String, using client: () throws -> Daemon) async throws {
        let daemon = try client()
        try prepare(try daemon.connect())
        daemon.stop()
        let store = try Store.open(
            path: path, time: SystemTime(), logger: Logger(label: "opsloop-bench"))
        try await repeatItems(in: store)
        try await repeatTickets(in: store)
        await store.close()
    }

    /// One record of each kind, by the methods.
    private func prepare(_ client: Client) throws {
        for place in 0..<MadeTicket.queues {
            _ = try client.call("queue.create", ["name": .string(MadeTicket.queueName(place))])
        }
        _ = try client.call("ci.create", ["name": "node-0", "class": "server"])
        _ = try client.call("ticket.create", ["title": "the first", "impact": 2, "urgency": 2])
    }

    // MARK: - Items

    private func repeatItems(in store: Store) async throws {
        for first in stride(from: 1, to: items, by: Self.portion) {
            let range = first..<min(items, first + Self.portion)
            try await store.write(as: .system, reason: "bench") { tx in
                let copy = try RowCopy("inventory_ci", changing: ["id", "name"], in: tx)
                let ids = try tx.nextIDs("ci", count: range.count)
                try copy.insert(
                    zip(ids, range).map { [.int(Int64($0)), .text("node-\($1)")] }, in: tx)
                for (id, number) in zip(ids, range) {
                    try tx.index(SearchDocument(ref: Ref("ci", id), title: "node-\(number)"))
                }
                // Each stands on two earlier ones of its hundred.
                for number in range where number % 100 > 1 {
                    for support in [number / 100 * 100, number - 1] {
                        try tx.execute(
                            """
                            INSERT INTO inventory_relation (
                                from_ci, to_ci, rel, grp, min_up, created_at)
                            VALUES (?, ?, 'depends_on', '', NULL, 0) ON CONFLICT DO NOTHING
                            """, number + 1, support + 1)
                    }
                }
            }
        }
    }

    // MARK: - Tickets

    private static let changed = [
        "id", "key", "kind", "title", "description", "state", "is_open", "priority", "queue_id",
        "requester", "assignee", "resolution", "created_at", "updated_at", "resolved_at",
    ]

    private func repeatTickets(in store: Store) async throws {
        let now = SystemTime().now().milliseconds
        for first in stride(from: 1, to: tickets, by: Self.portion) {
            let range = first..<min(tickets, first + Self.portion)
            let made = range.map { MadeTicket($0, entries: entries, items: items) }
            try await store.write(as: .system, reason: "bench") { tx in
                let copy = try RowCopy("ticketing_ticket", changing: Self.changed, in: tx)
                let ids = try tx.nextIDs("ticket", count: made.count)
                let keys = try made.map { ticket in
                    let number = try tx.nextID("ticket_\(ticket.kind)")
                    return "\(ticket.isRequest ? "REQ" : "INC")-\(number)"
                }
                try copy.insert(
                    zip(zip(ids, keys), made).map { place, ticket in
                        // Three years of them, the last of now.
                        let age = Int64(tickets - ticket.number) * 1095 * Self.day / Int64(tickets)
                        return Self.values(ticket, place.0, place.1, at: now - age)
                    }, in: tx)
                try writeEntries(made, of: ids, in: tx)
                for (key, ticket) in zip(keys, made) {
                    try tx.index(ticket.document(key))
                    try tx.link(Ref("ticket", key), "affects", Ref("ci", ticket.item + 1))
                }
            }
        }
    }

    private static func values(
        _ ticket: MadeTicket, _ id: Int, _ key: String, at created: Int64
    ) -> [SQLValue] {
        let resolved = ticket.isOpen ? SQLValue.null : .int(created + day)
        return [
            .int(Int64(id)), .text(key), .text(ticket.kind), .text(ticket.title),
            .text(ticket.description), .text(ticket.state), .int(ticket.isOpen ? 1 : 0),
            .int(Int64(ticket.priority)), .int(Int64(ticket.queue + 1)), .text(ticket.requester),
            .text(ticket.assignee), ticket.resolution.map { .text($0) } ?? .null, .int(created),
            .int(created + day), resolved,
        ]
    }

    private func writeEntries(
        _ made: [MadeTicket], of ids: Range<Int>, in tx: WriteTransaction
    ) throws {
        let count = made.reduce(0) { $0 + $1.entries.count }
        var numbers = try tx.nextIDs("ticket_entry", count: count).makeIterator()
        try tx.execute(
            """
            INSERT INTO ticketing_entry (id, ticket_id, kind, author, body, work_ms, at)
            VALUES (?, ?, 'message', ?, ?, 60000, 0)
            """,
            forEach: zip(ids, made).flatMap { id, ticket in
                ticket.entries.map { body in
                    [
                        .int(Int64(numbers.next() ?? 0)), .int(Int64(id)),
                        .text(ticket.assignee), .text(body),
                    ]
                }
            })
    }
}

/// Repeats the first row of a table with other values in some of its columns.
private struct RowCopy {
    private let sql: String

    init(_ table: String, changing changed: [String], in tx: ReadTransaction) throws {
        let columns = try tx.rows("SELECT name FROM pragma_table_info('\(table)')")
            .map { try $0.text("name") }
        let kept = columns.filter { !changed.contains($0) }
        sql = """
            INSERT INTO \(table) (\((changed + kept).joined(separator: ", ")))
            SELECT \((changed.map { _ in "?" } + kept).joined(separator: ", "))
            FROM \(table) WHERE id = 1
            """
    }

    func insert(_ rows: [[SQLValue]], in tx: WriteTransaction) throws {
        try tx.execute(sql, forEach: rows)
    }
}
