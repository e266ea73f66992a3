internal import OpsCore
internal import OpsJSONRPC

extension Record {
    static func load(_ id: Int, in tx: ReadTransaction) throws -> Self? {
        try tx.row("\(selection) WHERE r.id = ?", id).map(Self.init(row:))
    }

    /// The record of a name or a ref; nil when there is none.
    static func load(_ key: String, in tx: ReadTransaction) throws -> Self? {
        try load(key, by: selection, in: tx)
    }

    /// The record of a name or a ref, as callers get to see it.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, in tx: ReadTransaction) throws -> Self {
        guard let record = try load(key, by: shownSelection, in: tx) else {
            throw RPCError.missing(key, kind.methods, called: kind.title)
        }
        return record
    }

    private static func load(
        _ key: String, by selection: String, in tx: ReadTransaction
    ) throws -> Self? {
        if let row = try tx.row("\(selection) WHERE r.name = ?", key) { return try Self(row: row) }
        guard let ref = Ref(key), ref.noun == kind.noun, let id = Int(ref.key) else { return nil }
        return try tx.row("\(selection) WHERE r.id = ?", id).map(Self.init(row:))
    }

    /// All of them in the order of their lists; for kinds of which there are few.
    static func all(in tx: ReadTransaction) throws -> [Self] {
        try tx.rows("\(selection) ORDER BY r.\(kind.order.column)").map(Self.init(row:))
    }

    /// Some of them, and where to go on.
    static func page(
        after cursor: String?, limit: Int, in tx: ReadTransaction
    ) throws -> Page<Self> {
        let column = kind.order.column
        let rows = try tx.rows(
            "\(shownSelection) WHERE r.\(column) > ? ORDER BY r.\(column) LIMIT ?",
            try kind.order.place(cursor), limit + 1)
        let shown = rows.prefix(limit)
        return Page(
            items: try shown.map(Self.init(row:)),
            nextCursor: rows.count > shown.count ? try shown.last.map(kind.order.cursor) : nil)
    }
}

extension RecordKind.Order {
    fileprivate var column: String {
        switch self {
        case .name: "name"
        case .number(let column): column
        }
    }

    /// The place that a cursor names; before all when there is none.
    fileprivate func place(_ cursor: String?) throws(RPCError) -> any SQLConvertible {
        switch self {
        case .name: cursor ?? ""
        case .number: try TicketWriter.number(ofCursor: cursor)
        }
    }

    fileprivate func cursor(after row: Row) throws -> String {
        switch self {
        case .name: try row.text("name")
        case .number(let column): String(try row.int(column))
        }
    }
}
