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
        let given = completed(record)
        let values = kind.unique.map { names in
            let values = names.compactMap { given[$0]?.string.map(SQLValue.text) }
            return values.count == names.count ? values : nil
        }
        return Identity(given: given, values: values)
    }

    /// The record that is observed, by what tells records apart.
    func match(observed identity: Identity, in tx: ReadTransaction) throws -> Record? {
        try match(identity, in: tx) { try judged($0, observedAs: identity.given) }
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

    /// Who observes takes nothing over: that another source knows a record by its own key makes it no
    /// other one, that the same source does makes it one.
    private func judged(
        _ known: Record, observedAs given: JSON.Object
    ) throws(RPCError) -> Record {
        guard given["discovered_by"] == known.members["discovered_by"] else { return known }
        return try adopted(known, given)
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
        var given = completed(record)
        if let fields = record.fields { given["fields"] = Self.merged([:], fields) }
        return given
    }

    /// What a line says of a record, and of a new one besides.
    private func completed(_ record: ImportedRecord) -> JSON.Object {
        var given = members(record)
        for (name, value) in initial(record) where given[name] == nil { given[name] = value }
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
    /// What a line observes.
    func sighting(
        of record: ImportedRecord, at now: Instant, in tx: ReadTransaction
    ) throws -> Sighting {
        let said = kept(record)
        let identity = identity(of: said)
        let (source, key) = try observer(identity.given)
        let known = try ObservationStore.load(source, key, in: tx)
        let told = try match(observed: identity, in: tx)
        let item = try told ?? linked(known, identity, in: tx)
        // What nobody has documented has to be fit for it, or it could never be.
        if item == nil { _ = try kind.normalized(creation(said)) }
        let before = try item.flatMap { item in
            try known?.item == item.id
                ? known : ObservationStore.last(of: item, by: source, in: tx)
        }
        let members = try item.map { item in
            DriftRules.members(
                item.members, try Self.observed(item, said, in: tx).members,
                known: before?.members ?? [], at: now)
        }
        let new = Observation(
            id: known?.id ?? 0, source: source, key: key, item: item?.id, said: said,
            members: members ?? [], firstSeenAt: known?.firstSeenAt ?? now, seenAt: now)
        return Sighting(
            new: new, item: item, isLinked: told == nil, known: known, before: before)
    }

    /// What is kept of a line: no relations, which are documented, and no feed observes them.
    private func kept(_ record: ImportedRecord) -> ImportedRecord {
        var kept = record
        for rel in RelationType.allCases { kept.members[rel.rawValue] = nil }
        kept.initial = initial(record)
        return kept
    }

    /// Who observes a thing, and what they call it: by its class and name where they have no key.
    private func observer(
        _ given: JSON.Object
    ) throws(RPCError) -> (source: String, key: String) {
        guard let source = given["discovered_by"]?.string ?? source else {
            throw .badMember("discovered_by", "is required, or source for all: who observes it")
        }
        let name = "\(given["class"]?.string ?? "")/\(given["name"]?.string ?? "")"
        return (source, given["external_key"]?.string ?? name)
    }

    /// The item that a thing was known to be, which people may have named otherwise since.
    private func linked(
        _ known: Observation?, _ identity: Identity, in tx: ReadTransaction
    ) throws -> Record? {
        guard let id = known?.item, let item = try RecordReader.load(id, kind, in: tx) else {
            return nil
        }
        // Its source knows the item by another key by now: so the thing is another one.
        return try? judged(item, observedAs: identity.given)
    }

    /// The item as it were if what was said of it were imported.
    static func observed(
        _ item: Record, _ said: ImportedRecord, in tx: ReadTransaction
    ) throws -> Record {
        try RecordWriter.changed(
            item, Reconciliation(kind: item.kind).changes(said, of: item), in: tx)
    }
}
