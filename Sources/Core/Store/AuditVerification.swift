import OpsJSONRPC

/// Goes through the audit log page by page and finds the first row that is not as it was written.
///
/// Pages are separate reads: a long log holds up neither the writer nor the merging of its log.
struct AuditVerification: Sendable {
    /// What is wrong, and where.
    struct Finding: Sendable, Equatable {
        let seq: Int64
        let problem: String
    }

    static let pageSize = 1000

    /// The first thing that is wrong; nil as long as nothing was found.
    private(set) var finding: Finding?
    /// Where the chain has been followed to.
    private(set) var head = AuditHead(seq: 0, hash: AuditRow.genesis)
    private(set) var checkedRows = 0
    private(set) var isFinished = false
    private let from: Int64
    private let expected: AuditHead?
    private var hasSeenExpected = false

    /// Prepares to look at the rows from `from` on; a head that was kept earlier must be found.
    init(from: Int64 = 1, expected: AuditHead? = nil) {
        self.from = from
        self.expected = expected
    }

    /// Looks at the next page; ``isFinished`` says whether there is another.
    mutating func checkPage(_ transaction: ReadTransaction) throws {
        try findStart(transaction)
        guard finding == nil else { return isFinished = true }
        let rows = try transaction.rows(Self.query, head.seq, Self.pageSize)
        for row in rows where finding == nil { try check(row) }
        if finding == nil, rows.count < Self.pageSize { try checkEnd(transaction) }
        isFinished = finding != nil || rows.count < Self.pageSize
    }

    /// The rows with their hashes, and with the bytes that their texts really have.
    private static let query = """
        SELECT \(AuditRow.columns.joined(separator: ", ")), hash,
            \(AuditRow.textColumns.map { "coalesce(length(CAST(\($0) AS BLOB)), 0)" }
                .joined(separator: " + ")) AS octets
        FROM audit WHERE seq > ? ORDER BY seq LIMIT ?
        """

    // MARK: - The beginning

    /// Finds what stands before the first row to be looked at; anew, when rows have been pruned
    /// since the last page.
    private mutating func findStart(_ transaction: ReadTransaction) throws {
        let first = try transaction.row("SELECT min(seq) AS seq FROM audit")
        guard let first = try first?.optionalInt64("seq") else { return }
        if head.seq == 0, from > 1, first < from {
            try start(behind: from - 1, transaction)
        } else if first > head.seq + 1 {
            try startBehindCheckpoint(first, transaction)
        } else if first < 1 {
            finding = Finding(seq: first, problem: "a row was put in before the first")
        }
    }

    private mutating func start(behind seq: Int64, _ transaction: ReadTransaction) throws {
        let row = try transaction.row("SELECT hash FROM audit WHERE seq = ?", seq)
        guard let row else {
            finding = Finding(seq: seq, problem: "the row is missing")
            return
        }
        move(to: AuditHead(seq: seq, hash: Self.hash(of: row) ?? []))
    }

    private mutating func startBehindCheckpoint(
        _ first: Int64, _ transaction: ReadTransaction
    ) throws {
        guard let hash = try AuditPruning.hash(before: first, transaction) else {
            finding = Finding(
                seq: head.seq + 1,
                problem: "rows \(head.seq + 1) to \(first - 1) are missing, and no checkpoint "
                    + "says that they were pruned")
            return
        }
        move(to: AuditHead(seq: first - 1, hash: hash))
    }

    // MARK: - The rows

    private mutating func check(_ row: Row) throws {
        guard let found = try? row.int64("seq"), found == head.seq + 1 else {
            finding = Finding(seq: head.seq + 1, problem: "the row is missing")
            return
        }
        let content = try AuditRow(row)
        let hash = Self.hash(of: row)
        guard let hash, hash == content.hash(after: head.hash),
            content.textBytes == (try row.int("octets"))
        else {
            finding = Finding(
                seq: found, problem: "the row, or its hash, is not what was written")
            return
        }
        checkedRows += 1
        move(to: AuditHead(seq: found, hash: hash))
    }

    private static func hash(of row: Row) -> [UInt8]? {
        guard case .blob(let hash)? = try? row.value("hash") else { return nil }
        return hash
    }

    private mutating func move(to head: AuditHead) {
        self.head = head
        guard let expected, expected.seq == head.seq else { return }
        hasSeenExpected = true
        if expected.hash != head.hash {
            finding = Finding(
                seq: head.seq,
                problem: "the row's hash is not the one that was kept: this row or rows before it "
                    + "were rewritten")
        }
    }

    // MARK: - The end

    private mutating func checkEnd(_ transaction: ReadTransaction) throws {
        let last = try transaction.row(
            "SELECT value FROM sequence WHERE noun = ?", StoreSchema.auditNoun)
        let written = max(try last?.optionalInt64("value") ?? 0, expected?.seq ?? 0)
        if head.seq < written {
            finding = Finding(
                seq: head.seq + 1, problem: "rows \(head.seq + 1) to \(written) are missing")
        } else if head.seq > written {
            finding = Finding(
                seq: written + 1, problem: "rows from \(written + 1) on were never written")
        }
    }

    /// Whether the head that was kept is so old that the rows around it have been pruned, or lies
    /// before the first row that was looked at.
    var hasMissedExpected: Bool {
        isFinished && finding == nil && expected != nil && !hasSeenExpected
    }
}
