internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// Tells which record a line is about, and what the line makes of it.
struct Reconciliation: Sendable {
    let kind: RecordKind
    /// What the records are said to be discovered by that say nothing themselves.
    var source: String?
    /// The class of items of which the line says none and which are not known by their key.
    var itemClass: String?

    /// What a line says of the record, with what it leaves to the caller.
    func members(_ record: ImportedRecord) -> JSON.Object {
        var given = record.members
        if let source, given["external_key"]?.string != nil, given["discovered_by"]?.string == nil {
            given["discovered_by"] = .string(source)
        }
        return given
    }

    /// What a new record is to have besides; of one that is known it says nothing.
    func initial(_ record: ImportedRecord) -> JSON.Object {
        var initial = record.initial ?? [:]
        if let itemClass, record.members["class"] == nil { initial["class"] = .string(itemClass) }
        return initial
    }

    // MARK: - Which record

    /// What tells the record of a line from all others.
    struct Identity: Sendable {
        /// What the line says of it.
        fileprivate let given: JSON.Object
        /// The values of each of the kind's keys, where the line says all of them.
        fileprivate let values: [[SQLValue]?]
    }

    /// By what the record of a line is found.
    func identity(of record: ImportedRecord) -> Identity {
        var given = members(record)
        for (name, value) in initial(record) where given[name] == nil { given[name] = value }
        let values = kind.unique.map { names in
            let values = names.compactMap { given[$0]?.string.map(SQLValue.text) }
            return values.count == names.count ? values : nil
        }
        return Identity(given: given, values: values)
    }

    /// The record that is observed, by what tells records apart: who observes takes nothing over, so
    /// that another source knows it by its own key makes it no other one.
    func match(observed record: ImportedRecord, in tx: ReadTransaction) throws -> Record? {
        let identity = identity(of: record)
        return try match(identity, in: tx) { known in
            let isOthers = identity.given["discovered_by"] != known.members["discovered_by"]
            return isOthers ? known : try adopted(known, identity.given)
        }
    }

    /// The record that is meant, by what tells records apart.
    func match(_ identity: Identity, in tx: ReadTransaction) throws -> Record? {
        try match(identity, in: tx) { try adopted($0, identity.given) }
    }

    /// The source's key comes first.
    private func match(
        _ identity: Identity, in tx: ReadTransaction, _ judge: (Record) throws -> Record
    ) throws -> Record? {
        for (values, query) in zip(identity.values, kind.uniqueSelections).reversed() {
            guard let values, let row = try tx.row(query, arguments: values) else { continue }
            return try judge(try Record(row: row, kind))
        }
        guard identity.values.contains(where: { $0 != nil }) else {
            let keys = kind.unique.map { $0.joined(separator: " with ") }
            throw RPCError.badMember(
                kind.unique.first?.last ?? "",
                "is required to tell the record: \(keys.joined(separator: ", or "))")
        }
        return nil
    }

    /// What was documented by hand is taken over by its name; what another key tells is not.
    private func adopted(_ record: Record, _ given: JSON.Object) throws(RPCError) -> Record {
        guard let known = record.members["external_key"]?.string,
            let key = given["external_key"]?.string
        else { return record }
        let isSame = key == known && given["discovered_by"] == record.members["discovered_by"]
        guard isSame else {
            throw .badMember(
                "name",
                "\"\(record.name)\" is \(record.ref), which \(record.members["discovered_by"]?.string ?? "") "
                    + "knows as \"\(known)\"")
        }
        return record
    }

    // MARK: - What becomes of it

    /// What a new record is made of.
    func creation(_ record: ImportedRecord) -> JSON.Object {
        var given = members(record)
        for (name, value) in initial(record) where given[name] == nil { given[name] = value }
        if let fields = record.fields { given["fields"] = Self.merged([:], fields) }
        return given
    }

    /// What is to be changed of a record that is known.
    func changes(_ record: ImportedRecord, of old: Record) -> JSON.Object {
        var given = members(record)
        if let fields = record.fields {
            given["fields"] = Self.merged(old.members["fields"]?.object ?? [:], fields)
        }
        return given
    }

    private static func merged(_ old: JSON.Object, _ new: JSON.Object) -> JSON {
        var merged = old
        for (name, value) in new { merged[name] = value.isNull ? Optional.none : value }
        return .object(merged)
    }
}

// MARK: - Observing

extension Reconciliation {
    /// What a line observes, the item that it is about, and what was known of it before; nothing is written.
    func observation(
        of record: ImportedRecord, at now: Instant, in tx: ReadTransaction
    ) throws -> (new: Observation, item: Record?, known: Observation?) {
        let given = withoutRelations(creation(record))
        guard let source = given["discovered_by"]?.string ?? source else {
            throw RPCError.badMember(
                "discovered_by", "is required, or source for all: who observes it")
        }
        let key = given["external_key"]?.string ?? Self.key(given)
        var kept = record
        kept.members = withoutRelations(record.members)
        kept.initial = initial(record)
        let known = try ObservationStore.load(source, key, in: tx)
        let item = try match(observed: kept, in: tx)
        let observed = try item.map { try Self.observed($0, kept, in: tx) }
        // What nobody has documented has to be fit for it, or it could never be.
        if item == nil { _ = try kind.normalized(given) }
        let differences = item.map { item in
            DriftRules.members(
                item.members, observed?.members ?? item.members, known: known?.members ?? [],
                at: now)
        }
        let new = Observation(
            id: known?.id ?? 0, source: source, key: key, item: item?.id, said: kept,
            members: differences ?? [], firstSeenAt: known?.firstSeenAt ?? now, seenAt: now)
        return (new, item, known)
    }

    /// The item as it were if what was said of it were imported.
    static func observed(
        _ item: Record, _ said: ImportedRecord, in tx: ReadTransaction
    ) throws -> Record {
        try RecordWriter.changed(
            item, Reconciliation(kind: item.kind).changes(said, of: item), in: tx)
    }

    /// What tells an item for which its source has no key.
    private static func key(_ given: JSON.Object) -> String {
        "\(given["class"]?.string ?? "")/\(given["name"]?.string ?? "")"
    }

    /// Relations are documented; no feed observes them.
    func withoutRelations(_ members: JSON.Object) -> JSON.Object {
        guard kind.noun == Item.kind.noun else { return members }
        return JSON.Object(
            members.filter { RelationType(rawValue: $0.key) == nil }.map { ($0.key, $0.value) })
    }
}
