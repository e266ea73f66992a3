internal import OpsCore
internal import OpsJSONRPC

/// Writes records of any kind, with the audit entry, the search document and the event in the same
/// transaction.
enum RecordWriter {
    /// Creates a record from what a caller said.
    @discardableResult
    static func insert(
        _ given: JSON.Object, _ kind: RecordKind, in tx: WriteTransaction
    ) throws -> Record {
        try insert(try resolved(try kind.normalized(given), kind, in: tx), kind, at: nil, in: tx)
    }

    /// Creates a record from members in their normal form, of which is known that no other record is told
    /// by the same.
    static func insertUnmatched(
        _ members: JSON.Object, _ kind: RecordKind, in tx: WriteTransaction
    ) throws -> Record {
        try insert(RecordDraft(try resolved(members, kind, in: tx), kind), in: tx)
    }

    /// - Parameter id: The number that the record had once; nil for a new one.
    private static func insert(
        _ members: JSON.Object, _ kind: RecordKind, at id: Int?, in tx: WriteTransaction
    ) throws -> Record {
        try refuseTaken(members, kind, byOtherThan: nil, in: tx)
        return try insert(RecordDraft(members, kind), at: id, in: tx)
    }

    /// Creates a record of which is known that no other one is told by the same.
    ///
    /// - Parameter id: The number that the record had once; nil for a new one.
    static func insert(
        _ draft: RecordDraft, at id: Int? = nil, in tx: WriteTransaction
    ) throws -> Record {
        let kind = draft.kind
        let record = Record(
            kind: kind, id: try id ?? tx.nextID(kind.noun), members: draft.members,
            createdAt: tx.now, updatedAt: tx.now,
            generation: try id.map { try nextGeneration($0, kind, in: tx) } ?? 1)
        let times = [tx.now.sqlValue, tx.now.sqlValue]
        try tx.execute(
            kind.insertion,
            values: draft.values + times + [record.generation.sqlValue, record.id.sqlValue])
        try tx.index(new: record.ref, draft.text)
        let topic = "\(kind.noun).created"
        try tx.audit(topic, record.ref, created: draft.audited)
        try tx.announce(topic, record.ref, .object(record.identity))
        try review(record, in: tx)
        return record
    }

    /// Changes the given members of a record; null takes one back to its default.
    ///
    /// - Returns: The record as it is now, with its old generation when nothing changes.
    @discardableResult
    static func update(
        _ old: Record, _ changes: JSON.Object, in tx: WriteTransaction
    ) throws -> Record {
        var new = try changed(old, changes, in: tx)
        guard new.members != old.members else { return old }
        let kind = old.kind
        try refuseTaken(new.members, kind, byOtherThan: old.id, in: tx)
        try refuseCycle(new, in: tx)
        new.updatedAt = tx.now
        new.generation += 1
        try tx.execute(
            kind.update,
            values: new.values + [
                new.updatedAt.sqlValue, new.generation.sqlValue, new.id.sqlValue,
            ])
        try publish(new, before: old, in: tx)
        return new
    }

    /// The record as it were if the given members of it were changed; nothing is written.
    static func changed(
        _ old: Record, _ changes: JSON.Object, in tx: ReadTransaction
    ) throws -> Record {
        // Most of what comes in again is as it was, and what is kept has its normal form already.
        if changes.allSatisfy({ old.members[$0.key] == $0.value }) { return old }
        var given = old.members
        for (member, value) in changes { given[member] = value }
        var new = old
        new.members = try resolved(try old.kind.normalized(given), old.kind, in: tx)
        return new
    }

    /// Makes a record what it was; without a state it is deleted.
    static func restore(_ ref: Ref, to state: JSON.Object?, in tx: WriteTransaction) throws {
        guard let kind = RecordKinds.kind(ref.noun), let id = Int(ref.key) else {
            throw RPCError.notFound("\(ref) is no record of the inventory.")
        }
        let old = try RecordReader.load(id, kind, in: tx)
        switch (old, state) {
        case (let old?, let state?):
            // What the record has and the state has not goes back to its default.
            var members = state
            for member in old.members.keys where state[member] == nil { members[member] = .null }
            try update(old, members, in: tx)
        case (nil, let state?):
            let members = try resolved(try kind.normalized(state), kind, in: tx)
            _ = try insert(members, kind, at: id, in: tx)
        case (let old?, nil):
            if kind.noun == RecordKinds.item.noun {
                try RelationWriter.deleteAll(from: old, in: tx)
            }
            try delete(old, in: tx)
        case (nil, nil): break
        }
    }

    /// The generation of a record that comes back: whoever has seen it before has seen an older one.
    private static func nextGeneration(
        _ id: Int, _ kind: RecordKind, in tx: ReadTransaction
    ) throws -> Int {
        let row = try tx.row(
            "SELECT generation FROM inventory_deleted WHERE noun = ? AND id = ?", kind.noun, id)
        return (try row?.int("generation") ?? 0) + 1
    }

    /// Deletes a record that nobody uses.
    static func delete(_ record: Record, in tx: WriteTransaction) throws {
        try refuseUsed(record, in: tx)
        try tx.execute("DELETE FROM \(record.kind.table) WHERE id = ?", record.id)
        try tx.execute(
            """
            INSERT INTO inventory_deleted (noun, id, generation) VALUES (?, ?, ?)
            ON CONFLICT (noun, id) DO UPDATE SET generation = excluded.generation
            """, record.kind.noun, record.id, record.generation)
        try tx.unlinkAll(record.ref)
        try tx.unindex(record.ref)
        if record.kind.noun == RecordKinds.item.noun { try ObservationStore.forget(record, in: tx) }
        let topic = "\(record.kind.noun).deleted"
        try tx.audit(topic, record.ref, before: .object(record.members), after: nil)
        try tx.announce(topic, record.ref, .object(record.identity))
    }

    private static func publish(
        _ record: Record, before old: Record, in tx: WriteTransaction
    ) throws {
        let topic = "\(record.kind.noun).updated"
        try tx.index(record.document)
        try tx.audit(
            topic, record.ref, before: .object(old.members), after: .object(record.members))
        try tx.announce(topic, record.ref, .object(record.identity))
        try review(record, in: tx)
    }

    /// Lets what was observed of an item be held against what is documented now.
    private static func review(_ record: Record, in tx: WriteTransaction) throws {
        if record.kind.noun == RecordKinds.item.noun { try ObservationStore.review(record, in: tx) }
    }

    // MARK: - Columns

    /// Makes refs of the names by which a caller refers to other records.
    private static func resolved(
        _ members: JSON.Object, _ kind: RecordKind, in tx: ReadTransaction
    ) throws -> JSON.Object {
        var members = members
        for column in kind.columns {
            guard let noun = column.noun, let other = RecordKinds.kind(noun),
                let key = members[column.member]?.string
            else { continue }
            guard let id = try RecordReader.number(of: key, other, in: tx) else {
                throw RPCError.badMember(column.member, "is no \(other.title): \"\(key)\"")
            }
            members[column.member] = .string(Ref(noun, id).description)
        }
        return members
    }

    private static func number(_ ref: JSON?) -> Int? {
        ref?.string.flatMap { Ref($0) }.flatMap { Int($0.key) }
    }

    // MARK: - Refusals

    private static func refuseTaken(
        _ members: JSON.Object, _ kind: RecordKind, byOtherThan id: Int?, in tx: ReadTransaction
    ) throws {
        for (names, query) in zip(kind.unique, kind.uniqueSelections) {
            let values = names.compactMap { members[$0]?.string }
            guard values.count == names.count else { continue }
            let row = try tx.row(query, arguments: values)
            guard let holder = try row?.int("id"), holder != id else { continue }
            let said = zip(names, values).map { "\($0) \"\($1)\"" }.joined(separator: " and ")
            throw RPCError.conflict(
                "There is a \(kind.title) with the \(said) already, \(Ref(kind.noun, holder)).",
                hint: "Choose another, or change that one with \(kind.noun).update.")
        }
    }

    /// Refuses a record that would stand below itself; walks up, since trees may be deep.
    private static func refuseCycle(_ record: Record, in tx: ReadTransaction) throws {
        guard let parent = record.kind.parent else { return }
        var above = number(record.members[parent])
        while let id = above {
            guard id != record.id else {
                throw RPCError.badMember(
                    parent, "would put \"\(record.name)\" below itself")
            }
            above = try tx.row(
                "SELECT \(parent)_id AS above FROM \(record.kind.table) WHERE id = ?", id
            )?.optionalInt("above")
        }
    }

    private static func refuseUsed(_ record: Record, in tx: ReadTransaction) throws {
        let relations =
            record.kind.noun == RecordKinds.item.noun
            ? try RelationReader.dependents(of: record.id, limit: 4, in: tx) : []
        let users = try RecordReader.users(of: record, in: tx) + relations
        guard !users.isEmpty else { return }
        let shown = users.prefix(3).joined(separator: ", ") + (users.count > 3 ? " and others" : "")
        throw RPCError.conflict(
            "\(record.ref) \(record.name) is in use by \(shown).",
            hint: "Take it away there first, or give it the status retired if it has one.")
    }
}
