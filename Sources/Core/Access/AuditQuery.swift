internal import OpsJSONRPC

/// Reads a page of the audit log, newest first.
struct AuditQuery: Sendable {
    private var conditions = ["seq < ?"]
    private var arguments: [(any SQLConvertible)?]
    private let limit: Int

    init(_ params: ListAudit) throws(RPCError) {
        limit = params.limit
        arguments = [try Self.end(params.cursor)]
        add("ref = ?", params.ref)
        add("principal = ?", params.principal)
        add("method = ?", params.method)
        addOutcome(params.outcome)
        add("at >= ?", params.since)
        add("at < ?", params.until)
    }

    init(_ params: ShowHistory) throws(RPCError) {
        limit = params.limit
        arguments = [try Self.end(params.cursor)]
        add("ref = ?", params.ref)
        add("at >= ?", params.since)
        add("at < ?", params.until)
    }

    private static func end(_ cursor: String?) throws(RPCError) -> Int64 {
        guard let cursor else { return .max }
        guard let seq = Int64(cursor) else {
            throw .badField("cursor", "is no next_cursor of this list")
        }
        return seq
    }

    private mutating func add(_ condition: String, _ argument: (any SQLConvertible)?) {
        guard let argument else { return }
        conditions.append(condition)
        arguments.append(argument)
    }

    private mutating func addOutcome(_ outcome: String?) {
        guard let outcome else { return }
        if outcome == AuditRow.success {
            // Rows from before outcomes were kept are about what was done.
            return conditions.append("(outcome = 'ok' OR outcome IS NULL)")
        }
        // Said twice, so that the index of the few rows that are not ok serves.
        conditions.append("outcome <> 'ok'")
        add("outcome = ?", outcome)
    }

    func page(_ transaction: ReadTransaction) throws -> Page<AuditEntry> {
        let rows = try transaction.rows(
            """
            SELECT \(AuditRow.columns.joined(separator: ", ")) FROM audit
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq DESC LIMIT ?
            """,
            arguments: arguments + [limit + 1])
        let items = try rows.prefix(limit).map(AuditEntry.init(row:))
        let hasMore = rows.count > limit
        return Page(items: items, nextCursor: hasMore ? items.last.map { "\($0.seq)" } : nil)
    }
}
