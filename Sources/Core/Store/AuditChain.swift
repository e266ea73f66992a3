import OpsJSONRPC

/// The end of the audit log's chain: every row is hashed together with the hash of the row before
/// it, so that no row can be changed, taken out, put in or moved unnoticed.
///
/// A value, like ``Sequences``: a piece of work takes a copy, and a rollback forgets it.
struct AuditChain {
    private enum State {
        /// The table has not been asked yet.
        case unknown
        /// The last row's hash.
        case head([UInt8])
    }

    private let state: State

    /// A chain whose end is to be looked up.
    init() { state = .unknown }

    private init(head: [UInt8]) { state = .head(head) }

    /// Appends a row to the table, and returns the chain that ends with it.
    func appending(_ row: AuditRow, _ transaction: WriteTransaction) throws -> AuditChain {
        guard let previous = try head(transaction) else {
            try Self.insertUnchained(row.values, transaction)
            return self
        }
        let hash = row.hash(after: previous)
        try transaction.execute(Self.insertion, values: row.values + [.blob(hash)])
        return AuditChain(head: hash)
    }

    private static let insertion = """
        INSERT INTO audit (\(AuditRow.columns.joined(separator: ", ")), hash)
        VALUES (\(AuditRow.columns.map { _ in "?" }.joined(separator: ", ")), ?)
        """

    /// The last row's hash; nil while the table has no place for hashes, which is so only until
    /// the migration that adds it.
    private func head(_ transaction: WriteTransaction) throws -> [UInt8]? {
        if case .head(let hash) = state { return hash }
        let isChained = try transaction.row(
            "SELECT 1 FROM pragma_table_info('audit') WHERE name = 'hash'")
        guard isChained != nil else { return nil }
        let last = try transaction.row("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")
        guard let last else { return AuditRow.genesis }
        // A last row without a hash has been tampered with. Work goes on, from here on chained
        // again; the verification names that row.
        return try last.optionalBlob("hash") ?? AuditRow.genesis
    }

    /// The audit row of a migration that is older than the chain.
    private static func insertUnchained(
        _ values: [SQLValue], _ transaction: WriteTransaction
    ) throws {
        let columns = AuditRow.columns.prefix(8)
        try transaction.execute(
            """
            INSERT INTO audit (\(columns.joined(separator: ", ")))
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
            """, values: Array(values.prefix(columns.count)))
    }

    // MARK: - Rows that are older than the chain

    /// Chains the rows that were there before the chain was; part of the migration that adds it.
    static func seal(_ transaction: WriteTransaction) throws {
        var (last, previous) = (Int64.min, AuditRow.genesis)
        while true {
            let rows = try transaction.rows(
                """
                SELECT \(AuditRow.columns.joined(separator: ", ")) FROM audit
                WHERE seq > ? ORDER BY seq LIMIT 1000
                """, last)
            if rows.isEmpty { return }
            for row in rows {
                last = try row.int64("seq")
                previous = try AuditRow(row).hash(after: previous)
                try transaction.execute("UPDATE audit SET hash = ? WHERE seq = ?", previous, last)
            }
        }
    }
}
