internal import OpsJSONRPC

struct ExportEvidence: Method {
    static let name = "evidence.export"
    static let summary = "Shows rows of the audit log with their hashes, to be verified elsewhere."
    static let effect = Effect.read
    static let columns = ["seq", "at", "principal", "action", "ref"]
    @Param("The first row.", .atLeast(1)) var fromSeq: Int64 = 1
    @Param("The last row; all that there are when left out.", .present(.atLeast(1)))
    var toSeq: Int64?
    @Param("How many rows at most.", .range(1...1000)) var limit: Int = 1000
    @Param("Where the last page ended.") var cursor: String?
    typealias Result = Page<JSON.Object>

    /// A page of rows, each with its hash and that of the row before, as the chain has them.
    func page(_ tx: ReadTransaction) throws -> Page<JSON.Object> {
        let first = try start()
        let rows = try tx.rows(
            """
            SELECT \(AuditRow.columns.joined(separator: ", ")), hash FROM audit
            WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?
            """, first, toSeq ?? .max, limit + 1)
        var previous = try hash(before: rows.first, tx)
        var items: [JSON.Object] = []
        for row in rows.prefix(limit) {
            let hash = try row.optionalBlob("hash") ?? []
            items.append(try Self.shown(row, hash, after: previous))
            previous = hash
        }
        let hasMore = rows.count > limit
        return Page(
            items: items,
            nextCursor: hasMore ? try rows.prefix(limit).last.map { "\(try $0.int64("seq"))" } : nil
        )
    }

    private func start() throws(RPCError) -> Int64 {
        guard let cursor else { return fromSeq }
        guard let seq = Int64(cursor), (0..<Int64.max).contains(seq) else {
            throw .badField("cursor", "is no next_cursor of this list")
        }
        return seq + 1
    }

    private func hash(before row: Row?, _ tx: ReadTransaction) throws -> [UInt8] {
        guard let seq = try row?.int64("seq"), seq > 1 else { return AuditRow.genesis }
        if let row = try tx.row("SELECT hash FROM audit WHERE seq = ?", seq - 1) {
            return try row.optionalBlob("hash") ?? []
        }
        return try AuditPruning.hash(before: seq, tx) ?? []
    }

    /// The values as the database has them, so that the hash can be made again of them.
    private static func shown(
        _ row: Row, _ hash: [UInt8], after previous: [UInt8]
    ) throws -> JSON.Object {
        var shown = JSON.Object()
        for column in AuditRow.columns { shown[column] = json(try row.value(column)) }
        shown["previous"] = .string(Hexadecimal.text(previous))
        shown["hash"] = .string(Hexadecimal.text(hash))
        return shown
    }

    private static func json(_ value: SQLValue) -> JSON {
        switch value {
        case .null: .null
        case .int(let number): .number(JSON.Number(number))
        case .text(let text): .string(text)
        // Neither is in a row that was written by us; its hash will not be right.
        case .double(let number): .string("\(number)")
        case .blob(let bytes): .string(Hexadecimal.text(bytes))
        }
    }
}
