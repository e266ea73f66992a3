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
        var changed: [Record] = []
        for target in targets where try write(from, target, wish, minUp, in: tx) {
            changed.append(target)
        }
        // One number holds for the whole group.
        let regrouped =
            wish.group.isEmpty
            ? 0
            : try tx.execute(
                """
                UPDATE inventory_relation SET min_up = ?
                WHERE from_ci = ? AND rel = ? AND grp = ? AND COALESCE(min_up, 0) <> ?
                """, minUp, from.id, wish.rel, wish.group, minUp ?? 0)
        guard !changed.isEmpty || regrouped > 0 else { return }
        try announce("ci.related", from, wish, changed, minUp, in: tx)
    }

    /// - Returns: Whether the relation is new, or in another group now.
    private static func write(
        _ from: Record, _ to: Record, _ wish: RelateItems, _ minUp: Int?, in tx: WriteTransaction
    ) throws -> Bool {
        let old = try tx.row(
            "SELECT grp FROM inventory_relation WHERE from_ci = ? AND rel = ? AND to_ci = ?",
            from.id, wish.rel, to.id)
        guard let old else {
            try tx.execute(
                """
                INSERT INTO inventory_relation (from_ci, to_ci, rel, grp, min_up, created_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """, from.id, to.id, wish.rel, wish.group, minUp, tx.now)
            return true
        }
        guard try old.text("grp") != wish.group else { return false }
        try tx.execute(
            """
            UPDATE inventory_relation SET grp = ?, min_up = ?
            WHERE from_ci = ? AND rel = ? AND to_ci = ?
            """, wish.group, minUp, from.id, wish.rel, to.id)
        return true
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
        var removed = 0
        for key in wish.to {
            let to = try RecordReader.find(key, Item.kind, in: tx)
            for rel in wish.rel.map({ [$0] }) ?? RelationType.allCases {
                let count = try tx.execute(
                    "DELETE FROM inventory_relation WHERE from_ci = ? AND rel = ? AND to_ci = ?",
                    from.id, rel, to.id)
                guard count > 0 else { continue }
                removed += count
                try announceEnd(from, rel, to.ref, in: tx)
            }
        }
        return removed
    }

    /// Takes away what leads from an item, before the item goes.
    static func deleteAll(from record: Record, in tx: WriteTransaction) throws {
        let rows = try tx.rows(
            "SELECT rel, to_ci FROM inventory_relation WHERE from_ci = ? ORDER BY to_ci", record.id)
        try tx.execute("DELETE FROM inventory_relation WHERE from_ci = ?", record.id)
        for row in rows {
            guard let rel = RelationType(rawValue: try row.text("rel")) else { continue }
            try announceEnd(record, rel, Ref(Item.kind.noun, try row.int("to_ci")), in: tx)
        }
    }

    // MARK: - What others get to see

    private static func announce(
        _ topic: String, _ from: Record, _ wish: RelateItems, _ changed: [Record], _ minUp: Int?,
        in tx: WriteTransaction
    ) throws {
        var said: JSON.Object = [
            "rel": .string(wish.rel.rawValue),
            "to": .array(changed.map { .string($0.ref.description) }),
        ]
        if !wish.group.isEmpty { said["group"] = .string(wish.group) }
        if let minUp { said["min_up"] = .number(JSON.Number(minUp)) }
        try tx.audit(topic, from.ref, before: nil, after: .object(said))
        try tx.announce(topic, from.ref, .object(whole(from, said)))
    }

    private static func announceEnd(
        _ from: Record, _ rel: RelationType, _ to: Ref, in tx: WriteTransaction
    ) throws {
        let said: JSON.Object = [
            "rel": .string(rel.rawValue), "to": .string(to.description),
        ]
        try tx.audit("ci.unrelated", from.ref, before: .object(said), after: nil)
        try tx.announce("ci.unrelated", from.ref, .object(whole(from, said)))
    }

    private static func whole(_ from: Record, _ said: JSON.Object) -> JSON.Object {
        var event = from.identity
        for (name, value) in said { event[name] = value }
        return event
    }
}
