internal import OpsCore
internal import OpsJSONRPC

// Writes records, with the audit entry, the search document and the event in the same transaction.
extension Record {
    /// Stores a record that is new.
    func insert(in tx: WriteTransaction) throws {
        try refuseWrong(before: nil, in: tx)
        let columns = try stored(in: tx) + [("created_at", createdAt), ("id", id)]
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        try tx.execute(
            """
            INSERT INTO \(Self.kind.table) (\(columns.map(\.0).joined(separator: ", ")))
            VALUES (\(places))
            """, arguments: columns.map(\.1))
        try publish("created", before: nil, in: tx)
        try follow(nil, in: tx)
    }

    /// Stores what became of a record, unless nothing did.
    func update(from old: Self, in tx: WriteTransaction) throws -> Self {
        guard self != old else { return old }
        try refuseWrong(before: old, in: tx)
        var record = self
        record.updatedAt = tx.now
        record.generation = old.generation + 1
        let columns = try record.stored(in: tx)
        try tx.execute(
            """
            UPDATE \(Self.kind.table)
            SET \(columns.map { "\($0.0) = ?" }.joined(separator: ", ")) WHERE id = ?
            """, arguments: columns.map(\.1) + [id])
        try record.publish("updated", before: old, in: tx)
        try record.follow(old, in: tx)
        return record
    }

    /// Deletes a record that nobody needs.
    func delete(in tx: WriteTransaction) throws {
        try refuseUsed(in: tx)
        let topic = "\(Self.kind.methods).deleted"
        try tx.execute("DELETE FROM \(Self.kind.table) WHERE id = ?", id)
        try forget(in: tx)
        try tx.unindex(ref)
        try tx.audit(topic, ref, before: try audited(), after: nil)
        try tx.announce(topic, ref, identity)
    }

    /// Makes a record what it was; without a state it is deleted.
    static func restore(_ ref: Ref, to state: JSON.Object?, in tx: WriteTransaction) throws {
        let old = try Int(ref.key).flatMap { try load($0, in: tx) }
        guard var members = state else {
            try old?.delete(in: tx)
            return
        }
        guard let old else {
            members["updated_at"] = .string(tx.now.description)
            members["generation"] = 1
            return try JSON.object(members).decode(Self.self).insert(in: tx)
        }
        members = try RestoredState.members(
            members, of: ref, now: old.audited().object ?? [:],
            knownBy: kind.actions, in: tx)
        _ = try JSON.object(members).decode(Self.self).update(from: old, in: tx)
    }

    private func stored(in tx: ReadTransaction) throws -> [(String, (any SQLConvertible)?)] {
        try [("name", name), ("updated_at", updatedAt), ("generation", generation)]
            + columns(in: tx).map { ($0.key, $0.value) }
    }

    private func publish(_ what: String, before old: Self?, in tx: WriteTransaction) throws {
        let topic = "\(Self.kind.methods).\(what)"
        try tx.index(SearchDocument(ref: ref, title: name, body: text))
        try tx.audit(topic, ref, before: try old?.audited(), after: try audited())
        try tx.announce(topic, ref, identity)
    }

    private func refuseWrong(before old: Self?, in tx: ReadTransaction) throws {
        // A colon would make the name look like a ref, which a method takes in the same place.
        if name != old?.name, name.contains(":") {
            throw RPCError.badMember("name", "must not have a colon")
        }
        let kind = Self.kind
        try tx.refuseName(
            name, of: "\(kind.article) \(kind.title)", in: kind.table, unlessOf: old?.id,
            changedBy: "\(kind.methods).update", Self.ref)
        try check(in: tx)
    }
}
