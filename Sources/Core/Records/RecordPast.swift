internal import OpsJSONRPC

/// What the audit log knows of one record.
struct RecordPast {
    let ref: Ref
    /// The actions whose entries hold the record whole.
    let actions: [String]

    private static let columns = AuditRow.columns.joined(separator: ", ")

    private var isWhole: String {
        "ref = ? AND action IN (\(actions.map { _ in "?" }.joined(separator: ", ")))"
    }

    /// The last entry.
    func newest(in tx: ReadTransaction) throws -> AuditEntry? {
        try entry("ORDER BY seq DESC LIMIT 1", [], in: tx)
    }

    /// The last entry at or before some time.
    func last(at instant: Instant, in tx: ReadTransaction) throws -> AuditEntry? {
        try entry("AND at <= ? ORDER BY seq DESC LIMIT 1", [instant], in: tx)
    }

    /// The first entry after some time.
    func first(after instant: Instant, in tx: ReadTransaction) throws -> AuditEntry? {
        try entry("AND at > ? ORDER BY seq LIMIT 1", [instant], in: tx)
    }

    private func entry(
        _ end: String, _ more: [any SQLConvertible], in tx: ReadTransaction
    ) throws -> AuditEntry? {
        let arguments: [(any SQLConvertible)?] = [ref] + actions.map { $0 } + more.map { $0 }
        return try tx.row(
            "SELECT \(Self.columns) FROM audit WHERE \(isWhole) \(end)", arguments: arguments
        ).map(AuditEntry.init(row:))
    }

    /// The record as it was; the oldest entry says by its `before` what was before the log.
    func state(at instant: Instant, in tx: ReadTransaction) throws -> ShowRecordAsOf.Result {
        if let last = try last(at: instant, in: tx) {
            return ShowRecordAsOf.Result(
                ref: ref, at: instant, exists: last.after != nil, state: last.after,
                entry: last.seq, principal: last.principal, since: last.at)
        }
        guard let first = try first(after: instant, in: tx) else {
            throw RPCError.notFound("The audit log knows nothing of \(ref).")
        }
        return ShowRecordAsOf.Result(
            ref: ref, at: instant, exists: first.before != nil, state: first.before)
    }
}
