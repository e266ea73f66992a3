internal import OpsCore
internal import OpsJSONRPC

/// Finds relations.
enum RelationReader {
    static let selection = """
        SELECT r.*, f.name AS from_name, t.name AS to_name FROM inventory_relation r
        JOIN inventory_ci f ON f.id = r.from_ci JOIN inventory_ci t ON t.id = r.to_ci
        """

    /// Those that lead to an item, a few of them, in words.
    static func dependents(
        of id: Int, limit: Int, in tx: ReadTransaction
    ) throws -> [String] {
        try tx.rows("\(selection) WHERE r.to_ci = ? ORDER BY r.from_ci LIMIT ?", id, limit).map {
            let relation = try Relation(row: $0)
            return "\(relation.from) \(relation.fromName) (\(relation.rel.rawValue))"
        }
    }

    static func list(_ params: ListRelations, in tx: ReadTransaction) throws -> Page<Relation> {
        var (conditions, arguments) = try filter(params, in: tx)
        if let place = try place(params.cursor) {
            conditions.append(
                """
                (r.from_ci > ? OR (r.from_ci = ? AND (r.to_ci > ? OR (r.to_ci = ? AND r.rel > ?))))
                """)
            arguments += [place.from, place.from, place.to, place.to, place.rel]
        }
        let rows = try tx.rows(
            """
            \(selection) \(conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))")
            ORDER BY r.from_ci, r.to_ci, r.rel LIMIT ?
            """, arguments: arguments + [params.limit + 1])
        let shown = try rows.prefix(params.limit).map(Relation.init(row:))
        return Page(
            items: shown, nextCursor: rows.count > shown.count ? shown.last.map(cursor) : nil)
    }

    private static func filter(
        _ params: ListRelations, in tx: ReadTransaction
    ) throws -> ([String], [(any SQLConvertible)?]) {
        var conditions: [String] = []
        var arguments: [(any SQLConvertible)?] = []
        if let key = params.ci {
            let id = try RecordReader.find(key, Item.kind, in: tx).id
            switch params.direction {
            case .out: conditions.append("r.from_ci = ?")
            case .in: conditions.append("r.to_ci = ?")
            case .both:
                conditions.append("(r.from_ci = ? OR r.to_ci = ?)")
                arguments.append(id)
            }
            arguments.append(id)
        }
        if let rel = params.rel {
            conditions.append("r.rel = ?")
            arguments.append(rel)
        }
        return (conditions, arguments)
    }

    // MARK: - Places

    private static func cursor(after relation: Relation) -> String {
        "\(relation.from.key) \(relation.to.key) \(relation.rel.rawValue)"
    }

    private static func place(
        _ cursor: String?
    ) throws(RPCError) -> (from: Int, to: Int, rel: String)? {
        guard let cursor else { return nil }
        let parts = cursor.split(separator: " ")
        guard parts.count == 3, let from = Int(parts[0]), let to = Int(parts[1]) else {
            throw .badMember("cursor", "is no next_cursor of this list")
        }
        return (from, to, String(parts[2]))
    }
}
