internal import OpsCore
internal import OpsJSONRPC

/// Finds records of any kind.
enum RecordReader {
    // MARK: - One record

    static func load(_ id: Int, _ kind: RecordKind, in tx: ReadTransaction) throws -> Record? {
        try tx.row("\(kind.selection) WHERE r.id = ?", id).map { try Record(row: $0, kind) }
    }

    /// Finds a record by its ref or by one of its keys.
    ///
    /// - Throws: `not_found`, or `conflict` where several records are called so.
    static func find(_ key: String, _ kind: RecordKind, in tx: ReadTransaction) throws -> Record {
        guard let id = try number(of: key, kind, in: tx), let record = try load(id, kind, in: tx)
        else {
            throw RPCError.notFound(
                "There is no \(kind.title) \"\(key)\".",
                hint: "\(kind.noun).list shows those that there are.")
        }
        return record
    }

    /// The number of the record that is meant; nil when there is none.
    static func number(
        of key: String, _ kind: RecordKind, in tx: ReadTransaction
    ) throws -> Int? {
        if let ref = Ref(key), ref.noun == kind.noun, let id = Int(ref.key) {
            return try tx.row("SELECT id FROM \(kind.table) WHERE id = ?", id)?.int("id")
        }
        for member in kind.keys {
            let rows = try tx.rows(
                "SELECT id FROM \(kind.table) WHERE \(member) = ? ORDER BY id LIMIT 3", key)
            guard rows.count < 2 else {
                throw ambiguous(key, kind, try rows.map { try $0.int("id") })
            }
            if let row = rows.first { return try row.int("id") }
        }
        guard kind.unique.contains(["class", "name"]) else { return nil }
        return try number(ofClassAndName: key, kind, in: tx)
    }

    /// What is called the same in several classes can be named `class/name`.
    private static func number(
        ofClassAndName key: String, _ kind: RecordKind, in tx: ReadTransaction
    ) throws -> Int? {
        guard let slash = key.firstIndex(of: "/") else { return nil }
        return try tx.row(
            "SELECT id FROM \(kind.table) WHERE class = ? AND name = ?", String(key[..<slash]),
            String(key[key.index(after: slash)...]))?.int("id")
    }

    private static func ambiguous(_ key: String, _ kind: RecordKind, _ ids: [Int]) -> RPCError {
        let refs = ids.prefix(2).map { Ref(kind.noun, $0).description }.joined(separator: ", ")
        let more = ids.count > 2 ? " and others" : ""
        return .conflict(
            "Several records are called \"\(key)\": \(refs)\(more).",
            hint: kind.unique.contains(["class", "name"])
                ? "Name it by its ref, or as class/name." : "Name it by its ref.")
    }

    /// Who refers to a record, a few of them.
    static func users(of record: Record, in tx: ReadTransaction) throws -> [String] {
        var users: [String] = []
        for kind in RecordKinds.all {
            for column in kind.columns where column.noun == record.kind.noun {
                let rows = try tx.rows(
                    "SELECT id, name FROM \(kind.table) WHERE \(column.name) = ? ORDER BY id LIMIT 4",
                    record.id)
                users += try rows.map {
                    "\(Ref(kind.noun, try $0.int("id"))) \(try $0.text("name"))"
                }
            }
        }
        return users
    }

    // MARK: - Lists

    /// Some records, and where to go on.
    static func list(
        _ query: RecordQuery, in tx: ReadTransaction
    ) throws -> (items: [Record], nextCursor: String?) {
        let kind = query.kind
        var (conditions, arguments) = try filter(query, in: tx)
        let sort = query.sortExpression
        if let (value, id) = try query.place() {
            conditions.append("(\(sort) > ? OR (\(sort) = ? AND r.id > ?))")
            arguments += [value, value, id]
        }
        let rows = try tx.rows(
            """
            \(RecordKind.selection(of: kind.columns, in: kind.table, and: ", \(sort) AS sort_key"))
            \(conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))")
            ORDER BY \(sort), r.id LIMIT ?
            """, arguments: arguments + [query.limit + 1])
        let shown = rows.prefix(query.limit)
        let next = rows.count > shown.count ? try shown.last.map(RecordQuery.cursor) : nil
        return (try shown.map { try Record(row: $0, kind) }, next)
    }

    private static func filter(
        _ query: RecordQuery, in tx: ReadTransaction
    ) throws -> ([String], [(any SQLConvertible)?]) {
        var conditions: [String] = []
        var arguments: [(any SQLConvertible)?] = []
        if let prefix = query.prefix, !prefix.isEmpty {
            conditions.append("substr(r.name, 1, ?) = ?")
            arguments += [prefix.unicodeScalars.count, prefix]
        }
        for column in query.kind.columns {
            guard let wanted = query.filters[column.member] else { continue }
            conditions.append("r.\(column.name) = ?")
            if let noun = column.noun, let kind = RecordKinds.kind(noun), let key = wanted.string {
                arguments.append(try find(key, kind, in: tx).id)
            } else {
                arguments.append(wanted.int.map(SQLValue.init(int:)) ?? wanted.string?.sqlValue)
            }
        }
        return (conditions, arguments)
    }
}

extension SQLValue {
    fileprivate init(int: Int) { self = int.sqlValue }
}
