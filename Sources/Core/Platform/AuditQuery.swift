internal import OpsJSONRPC

/// Reads a page of the audit log, newest first.
struct AuditQuery: Sendable {
    private let ref: Ref?
    private let principal: String?
    private let limit: Int
    private let before: Int64

    init(_ params: ListAudit) throws(RPCError) {
        ref = params.ref
        principal = params.principal
        limit = params.limit
        guard let cursor = params.cursor else {
            before = .max
            return
        }
        guard let seq = Int64(cursor) else {
            throw .badField("cursor", "is not one that audit.list has given")
        }
        before = seq
    }

    func page(_ transaction: ReadTransaction) throws -> Page<AuditEntry> {
        var conditions = ["seq < ?"]
        var arguments: [(any SQLConvertible)?] = [before]
        if let ref {
            conditions.append("ref = ?")
            arguments.append(ref)
        }
        if let principal {
            conditions.append("principal = ?")
            arguments.append(principal)
        }
        let rows = try transaction.rows(
            """
            SELECT seq, at, principal, reason, action, ref, before, after FROM audit
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq DESC LIMIT ?
            """,
            arguments: arguments + [limit + 1])
        let items = try rows.prefix(limit).map(AuditEntry.init(row:))
        let hasMore = rows.count > limit
        return Page(items: items, nextCursor: hasMore ? items.last.map { "\($0.seq)" } : nil)
    }
}
