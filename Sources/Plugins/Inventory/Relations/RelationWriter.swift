internal import OpsCore
internal import OpsJSONRPC

/// Writes relations, with the audit entry and the event in the same transaction.
enum RelationWriter {
    /// Relates an item to others; a relation that is there already takes the new group.
    static func relate(
        _ from: Record, _ wish: RelateItems, in tx: WriteTransaction
    ) throws {
        let targets = try wish.to.map { try RecordReader.find($0, Item.kind, in: tx) }
        guard !targets.contains(where: { $0.id == from.id }) else {
            throw RPCError.badMember("to", "names \"\(from.name)\" itself")
        }
        let minUp = try wish.minUp ?? known(from, wish, in: tx)
        // One number holds for the whole group, so all of it may change.
        let group = wish.group.isEmpty ? [] : try edges(from, wish.rel, in: wish.group, tx)
        var before = try edges(from, wish.rel, to: targets.map(\.id), tx)
        before += group.filter { edge in !before.contains { $0.to == edge.to } }
        let touched = Set(targets.map(\.id) + before.map(\.to)).sorted()
        for id in touched {
            try set(Edge(to: id, group: wish.group, minUp: minUp), from, wish.rel, in: tx)
        }
        let after = touched.map { Edge(to: $0, group: wish.group, minUp: minUp) }
        try publish(from, wish.rel, before: before, after: after, in: tx)
    }

    /// Makes the relations of an item that are in no group these and no others.
    ///
    /// - Returns: How many came and how many went.
    static func setPlain(
        _ from: Record, _ rel: RelationType, to ids: [Int], in tx: WriteTransaction
    ) throws -> (added: Int, removed: Int) {
        guard !ids.contains(from.id) else {
            throw RPCError.badMember(rel.rawValue, "names \"\(from.name)\" itself")
        }
        let present = try tx.rows(
            "SELECT to_ci, grp, min_up FROM inventory_relation WHERE from_ci = ? AND rel = ?",
            from.id, rel
        ).map(Edge.init(row:))
        let (known, wanted) = (Set(present.map(\.to)), Set(ids))
        let new = wanted.subtracting(known).sorted().map { Edge(to: $0, group: "") }
        let gone = present.filter { $0.group.isEmpty && !wanted.contains($0.to) }
        for edge in new { try set(edge, from, rel, in: tx) }
        for edge in gone { try remove(edge, from, rel, in: tx) }
        try publish(from, rel, before: gone, after: new, in: tx)
        return (new.count, gone.count)
    }

    /// One relation of an item, without what all of a type have in common.
    struct Edge: Equatable {
        var to: Int
        var group: String
        var minUp: Int?

        var ref: Ref { Ref(Item.kind.noun, to) }

        var json: JSON {
            var said: JSON.Object = ["to": .string(ref.description)]
            if !group.isEmpty { said["group"] = .string(group) }
            if let minUp { said["min_up"] = .number(JSON.Number(minUp)) }
            return .object(said)
        }
    }

    private static func set(
        _ edge: Edge, _ from: Record, _ rel: RelationType, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO inventory_relation (from_ci, to_ci, rel, grp, min_up, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (from_ci, rel, to_ci)
            DO UPDATE SET grp = excluded.grp, min_up = excluded.min_up
            """, from.id, edge.to, rel, edge.group, edge.minUp, tx.now)
    }

    private static func edges(
        _ from: Record, _ rel: RelationType, to ids: [Int], _ tx: ReadTransaction
    ) throws -> [Edge] {
        try ids.compactMap { id in
            try tx.row(
                """
                SELECT to_ci, grp, min_up FROM inventory_relation
                WHERE from_ci = ? AND rel = ? AND to_ci = ?
                """, from.id, rel, id
            ).map(Edge.init(row:))
        }
    }

    private static func edges(
        _ from: Record, _ rel: RelationType, in group: String, _ tx: ReadTransaction
    ) throws -> [Edge] {
        try tx.rows(
            """
            SELECT to_ci, grp, min_up FROM inventory_relation
            WHERE from_ci = ? AND rel = ? AND grp = ? ORDER BY to_ci
            """, from.id, rel, group
        ).map(Edge.init(row:))
    }

    /// The number that the group has already.
    private static func known(
        _ from: Record, _ wish: RelateItems, in tx: ReadTransaction
    ) throws -> Int? {
        guard !wish.group.isEmpty else { return nil }
        return try tx.row(
            "SELECT min_up FROM inventory_relation WHERE from_ci = ? AND rel = ? AND grp = ? LIMIT 1",
            from.id, wish.rel, wish.group)?.optionalInt("min_up")
    }

    /// Takes relations away and answers how many there were.
    static func unrelate(
        _ from: Record, _ wish: UnrelateItems, in tx: WriteTransaction
    ) throws -> Int {
        let targets = try wish.to.map { try RecordReader.find($0, Item.kind, in: tx).id }
        var removed = 0
        for rel in wish.rel.map({ [$0] }) ?? RelationType.allCases {
            let gone = try edges(from, rel, to: targets, tx)
            for edge in gone { try remove(edge, from, rel, in: tx) }
            removed += gone.count
            try publish(from, rel, before: gone, after: [], in: tx)
        }
        return removed
    }

    private static func remove(
        _ edge: Edge, _ from: Record, _ rel: RelationType, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            "DELETE FROM inventory_relation WHERE from_ci = ? AND rel = ? AND to_ci = ?",
            from.id, rel, edge.to)
    }

    /// Takes away what leads from an item, before the item goes.
    static func deleteAll(from record: Record, in tx: WriteTransaction) throws {
        let rows = try tx.rows(
            "SELECT * FROM inventory_relation WHERE from_ci = ? ORDER BY rel, to_ci", record.id)
        try tx.execute("DELETE FROM inventory_relation WHERE from_ci = ?", record.id)
        for rel in RelationType.allCases {
            let gone = try rows.filter { try $0.text("rel") == rel.rawValue }.map(Edge.init(row:))
            try publish(record, rel, before: gone, after: [], in: tx)
        }
    }

    // MARK: - Taking back

    /// Makes relations what they were before a change.
    ///
    /// - Throws: `conflict` when one of them is not what the change made of it.
    static func takeBack(
        _ ref: Ref, before: JSON?, after: JSON?, in tx: WriteTransaction
    ) throws {
        guard let text = (after ?? before)?["rel"]?.string, let rel = RelationType(rawValue: text)
        else { throw RPCError.conflict("The entry is about no relation of \(ref).") }
        let from = try RecordReader.find(ref.description, Item.kind, in: tx)
        let (old, new) = (Edge.list(before), Edge.list(after))
        let touched = Set((old + new).map(\.to)).sorted()
        let present = try edges(from, rel, to: touched, tx)
        for id in touched {
            guard present.first(where: { $0.to == id }) == new.first(where: { $0.to == id }) else {
                throw RPCError.conflict(
                    "\(rel.rawValue) \(Ref(Item.kind.noun, id)) was changed since.")
            }
        }
        for edge in old {
            // The item may be gone for good.
            _ = try RecordReader.find(edge.ref.description, Item.kind, in: tx)
            try set(edge, from, rel, in: tx)
        }
        for edge in new where !old.contains(where: { $0.to == edge.to }) {
            try remove(edge, from, rel, in: tx)
        }
        for group in Set(old.map(\.group)) where !group.isEmpty {
            try refuseMixed(group, from, rel, in: tx)
        }
        try publish(from, rel, before: present, after: old, in: tx)
    }

    /// One number holds for a whole group: where others in it have got another one since, what was before
    /// cannot come back edge by edge.
    private static func refuseMixed(
        _ group: String, _ from: Record, _ rel: RelationType, in tx: ReadTransaction
    ) throws {
        let numbers = Set(try edges(from, rel, in: group, tx).map(\.minUp))
        guard numbers.count > 1 else { return }
        throw RPCError.conflict("The group \(group) of \(rel.rawValue) was changed since.")
    }

    // MARK: - What others get to see

    /// Leaves the audit entry and the events of what changed; nothing when nothing did.
    private static func publish(
        _ from: Record, _ rel: RelationType, before: [Edge], after: [Edge],
        in tx: WriteTransaction
    ) throws {
        let gone = before.filter { edge in !after.contains { $0.to == edge.to } }
        let set = after.filter { !before.contains($0) }
        let old = before.filter { !after.contains($0) }
        guard !gone.isEmpty || !set.isEmpty else { return }
        try tx.audit(
            set.isEmpty ? "ci.unrelated" : "ci.related", from.ref, before: said(rel, old),
            after: said(rel, set))
        for edge in gone {
            try announce("ci.unrelated", from, rel, edge, to: edge.ref.json, in: tx)
        }
        // Those that came are all of one group.
        guard let edge = set.first else { return }
        try announce(
            "ci.related", from, rel, edge, to: .array(set.map(\.ref.json)), in: tx)
    }

    private static func said(_ rel: RelationType, _ edges: [Edge]) -> JSON? {
        guard !edges.isEmpty else { return Optional.none }
        return ["rel": .string(rel.rawValue), "relations": .array(edges.map(\.json))]
    }

    private static func announce(
        _ topic: String, _ from: Record, _ rel: RelationType, _ edge: Edge, to: JSON,
        in tx: WriteTransaction
    ) throws {
        var event = from.identity
        event["rel"] = .string(rel.rawValue)
        event["to"] = to
        if !edge.group.isEmpty { event["group"] = .string(edge.group) }
        if let minUp = edge.minUp { event["min_up"] = .number(JSON.Number(minUp)) }
        try tx.announce(topic, from.ref, .object(event))
    }
}

extension RelationWriter.Edge {
    fileprivate init(row: Row) throws {
        to = try row.int("to_ci")
        group = try row.text("grp")
        minUp = try row.optionalInt("min_up")
    }

    /// Reads what an audit entry says.
    fileprivate static func list(_ said: JSON?) -> [Self] {
        (said?["relations"]?.array ?? []).compactMap { edge in
            guard let to = edge["to"]?.string.flatMap({ Ref($0) }).flatMap({ Int($0.key) }) else {
                return nil
            }
            return Self(
                to: to, group: edge["group"]?.string ?? "", minUp: edge["min_up"]?.int)
        }
    }
}

extension Ref {
    fileprivate var json: JSON { .string(description) }
}
