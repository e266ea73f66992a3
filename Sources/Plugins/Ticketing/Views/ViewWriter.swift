internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes views.
///
/// They are no kind of ``Record``: who asks decides which there are, names are taken once for each
/// owner, and full-text search, which all may ask, must not find them.
enum ViewWriter {
    /// Who sees which views.
    struct Reader: Sendable {
        var name: String
        /// Whether the reader sees no more than what is the reader's own.
        var seesOwnOnly: Bool

        init(_ call: Call) {
            name = call.principal.name
            seesOwnOnly = call.seesOwnOnly
        }

        /// The names that the reader may mean, the own ones first.
        fileprivate var condition: String {
            seesOwnOnly ? "scope = ?" : "(scope = ? OR scope = '')"
        }
    }

    /// The view of a name or a ref, where the reader may see it; of two the reader's own.
    ///
    /// - Throws: `not_found`.
    static func find(_ key: String, for reader: Reader, in tx: ReadTransaction) throws -> View {
        let select = "SELECT * FROM ticketing_view WHERE \(reader.condition)"
        if let row = try tx.row(
            "\(select) AND name = ? ORDER BY scope DESC LIMIT 1", reader.name, key)
        {
            return try View(row: row)
        }
        if let ref = Ref(key), ref.noun == "view", let id = Int(ref.key),
            let row = try tx.row("\(select) AND id = ?", reader.name, id)
        {
            return try View(row: row)
        }
        throw RPCError.missing(key, "view")
    }

    static func page(
        after cursor: String?, limit: Int, for reader: Reader, in tx: ReadTransaction
    ) throws -> Page<View> {
        let rows = try tx.rows(
            "SELECT * FROM ticketing_view WHERE \(reader.condition) AND id > ? ORDER BY id LIMIT ?",
            reader.name, try TicketWriter.number(ofCursor: cursor), limit + 1)
        let views = try rows.prefix(limit).map(View.init(row:))
        return Page(
            items: views,
            nextCursor: rows.count > views.count ? views.last.map { String($0.id) } : nil)
    }

    static func insert(_ view: View, in tx: WriteTransaction) throws {
        try refuseTaken(view, in: tx)
        try tx.execute(
            """
            INSERT INTO ticketing_view (name, description, scope, filter, sort, columns,
                updated_at, generation, id, owner, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: try stored(view) + [view.id, view.owner, view.createdAt])
        try publish("view.created", view, before: nil, in: tx)
    }

    static func update(_ old: View, to new: View, in tx: WriteTransaction) throws -> View {
        guard new != old else { return old }
        var view = new
        view.updatedAt = tx.now
        view.generation = old.generation + 1
        try refuseTaken(view, in: tx)
        try tx.execute(
            """
            UPDATE ticketing_view SET name = ?, description = ?, scope = ?, filter = ?, sort = ?,
                columns = ?, updated_at = ?, generation = ? WHERE id = ?
            """, arguments: try stored(view) + [view.id])
        try publish("view.updated", view, before: old, in: tx)
        return view
    }

    static func delete(_ view: View, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM ticketing_view WHERE id = ?", view.id)
        try tx.audit("view.deleted", view.ref, before: try audited(view), after: nil)
        try tx.announce("view.deleted", view.ref, identity(view))
    }

    private static func stored(_ view: View) throws -> [(any SQLConvertible)?] {
        [
            view.name, view.description, view.scope, JSON.object(view.filter), view.sort.rawValue,
            try JSON(encoding: view.columns), view.updatedAt, view.generation,
        ]
    }

    private static func refuseTaken(_ view: View, in tx: ReadTransaction) throws {
        let row = try tx.row(
            "SELECT id FROM ticketing_view WHERE scope = ? AND name = ?", view.scope, view.name)
        guard let holder = try row?.int("id"), holder != view.id else { return }
        throw RPCError.conflict(
            "There is a view named \"\(view.name)\" already, \(View.ref(holder)).",
            hint: "Choose another name, or change that one with view.update.")
    }

    private static func publish(
        _ topic: String, _ view: View, before old: View?, in tx: WriteTransaction
    ) throws {
        try tx.audit(
            topic, view.ref, before: try old.map(audited), after: try audited(view))
        try tx.announce(topic, view.ref, identity(view))
    }

    /// What the audit log keeps: of a view of one's own no more than that it is there, since many may
    /// read the log, and what somebody looks for is nobody else's business.
    private static func audited(_ view: View) throws -> JSON {
        view.shared ? try JSON(encoding: view) : identity(view)
    }

    private static func identity(_ view: View) -> JSON {
        [
            "view": .string(view.ref.description), "owner": .string(view.owner),
            "shared": .bool(view.shared),
        ]
    }
}
