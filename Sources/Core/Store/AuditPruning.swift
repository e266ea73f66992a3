import OpsJSONRPC

/// Takes the oldest rows out of the audit log, so that the rest still proves what it is.
///
/// The row that says so, a checkpoint, holds the hash of the last row that went; it is chained
/// itself, so nobody can cut more off than it says.
enum AuditPruning {
    static let action = "audit.checkpoint"

    /// Takes out at most `limit` rows that are older than `oldest`, and answers how many.
    static func prune(
        olderThan oldest: Instant, limit: Int, _ transaction: WriteTransaction
    ) throws -> Int {
        guard let last = try lastOld(oldest, limit, transaction) else { return 0 }
        let after: JSON = [
            "pruned_to": .number(JSON.Number(try last.int64("seq"))),
            "hash": .string(Hexadecimal.text(try last.optionalBlob("hash") ?? [])),
        ]
        let count = try transaction.execute(
            "DELETE FROM audit WHERE seq <= ?", try last.int64("seq"))
        try transaction.audit(action, nil, before: nil, after: after)
        return count
    }

    /// The last of the first rows that are all old; a row that is younger, because the clock was
    /// set back, ends them.
    private static func lastOld(
        _ oldest: Instant, _ limit: Int, _ transaction: WriteTransaction
    ) throws -> Row? {
        var last: Row?
        try transaction.forEach(
            "SELECT seq, at, hash FROM audit ORDER BY seq LIMIT ?", limit
        ) { row in
            guard try row.instant("at") < oldest else { return false }
            last = row
            return true
        }
        return last
    }

    /// The hash that stood before the first row that is left, when a checkpoint says so.
    static func hash(before first: Int64, _ transaction: ReadTransaction) throws -> [UInt8]? {
        let row = try transaction.row(
            "SELECT after FROM audit WHERE action = ? ORDER BY seq DESC LIMIT 1", action)
        guard first > 1, let after = try row?.optionalJSON("after"),
            after["pruned_to"]?.int == Int(first) - 1
        else { return nil }
        return after["hash"]?.string.flatMap(Hexadecimal.bytes)
    }
}
