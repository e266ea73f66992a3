internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// Brings records in: each is found by its key, and created, changed or left alone.
///
/// Everything happens in one write, so that a dry run says exactly what an import would do. A line
/// that is wrong leaves nothing behind of the import, or of itself, as the mode says.
struct Importer {
    let kind: RecordKind
    /// What the records are said to be discovered by that say nothing themselves.
    let source: String?
    let mode: ImportMode

    private var tally: ImportTally
    private var counts = Imported.Counts()
    private var relationCounts = Imported.Counts()
    /// What is said of relations, for when all records are there that they may lead to.
    private var relations: [(line: Int, from: Record, rel: RelationType, to: [String])] = []
    /// The numbers of items, by what the file calls them.
    private var numbers: [String: Int] = [:]

    init(_ kind: RecordKind, source: String?, mode: ImportMode = .all, limit: Int) {
        self.kind = kind
        self.source = source
        self.mode = mode
        tally = ImportTally(mode: mode, limit: limit)
    }

    /// - Throws: `invalid_params` naming the lines that are wrong, and in each what, unless the others
    ///   are to be taken.
    mutating func take(
        _ file: ImportedFile, in tx: WriteTransaction
    ) throws -> Imported {
        tally.reject(file.mistakes)
        for record in file.records where tally.goesOn {
            try attempt(line: record.line, in: tx) { importer in try importer.take(record, in: tx) }
        }
        for (line, from, rel, keys) in relations where tally.goesOn {
            try attempt(line: line, in: tx) { importer in
                try importer.relate(from, rel, keys, in: tx)
            }
        }
        return try report(in: tx)
    }

    /// Takes a line in, or notes what is wrong with it; then nothing of it stays.
    private mutating func attempt(
        line: Int, in tx: WriteTransaction, _ body: (inout Importer) throws -> Void
    ) throws {
        do {
            guard mode == .rows else { return try body(&self) }
            try tx.attempt { try body(&self) }
        } catch let error as RPCError {
            tally.reject(line: line, error)
        }
    }

    private func report(in tx: WriteTransaction) throws -> Imported {
        var all = [kind.noun: counts]
        if relationCounts != Imported.Counts() { all["relation"] = relationCounts }
        let imported = try tally.report(all, of: kind.noun)
        if all.values.contains(where: \.isChange) {
            let said = try JSON(encoding: imported.counts)
            try tx.audit("\(kind.noun).imported", nil, before: nil, after: said)
            try tx.announce("\(kind.noun).imported", nil, said)
        }
        return imported
    }

    private mutating func take(_ record: ImportedRecord, in tx: WriteTransaction) throws {
        var given = record.members
        let said = try relations(takenFrom: &given)
        if let source, given["external_key"]?.string != nil, given["discovered_by"]?.string == nil {
            given["discovered_by"] = .string(source)
        }
        let new = try take(given, record, in: tx)
        for (rel, keys) in said { relations.append((record.line, new, rel, keys)) }
    }

    private mutating func take(
        _ given: JSON.Object, _ record: ImportedRecord, in tx: WriteTransaction
    ) throws -> Record {
        var given = given
        guard let old = try match(given, in: tx) else {
            if let fields = record.fields { given["fields"] = Self.merged([:], fields) }
            let new = try RecordWriter.insert(given, kind, in: tx)
            try tally.refuseTwice(new.ref.description, line: record.line)
            counts.created += 1
            show(new, before: nil)
            return new
        }
        try tally.refuseTwice(old.ref.description, line: record.line)
        if let fields = record.fields {
            given["fields"] = Self.merged(old.members["fields"]?.object ?? [:], fields)
        }
        let new = try RecordWriter.update(old, given, in: tx)
        guard new.members != old.members else {
            counts.unchanged += 1
            return old
        }
        counts.updated += 1
        show(new, before: old)
        return new
    }

    // MARK: - Relations

    /// Takes what a record says of its relations out of its members.
    private func relations(
        takenFrom given: inout JSON.Object
    ) throws(RPCError) -> [(RelationType, [String])] {
        guard kind.noun == Item.kind.noun else { return [] }
        var said: [(RelationType, [String])] = []
        for rel in RelationType.allCases {
            guard let value = given[rel.rawValue] else { continue }
            given[rel.rawValue] = nil
            let keys = value.isNull ? [] : value.array?.compactMap(\.string)
            guard let keys, keys.count == value.array?.count ?? 0 else {
                throw .badMember(rel.rawValue, "must be a list of refs or names")
            }
            said.append((rel, keys))
        }
        return said
    }

    private mutating func relate(
        _ from: Record, _ rel: RelationType, _ keys: [String], in tx: WriteTransaction
    ) throws {
        let ids = try keys.map { try number(of: $0, rel, in: tx) }
        let (added, removed) = try RelationWriter.setPlain(from, rel, to: ids, in: tx)
        relationCounts.created += added
        relationCounts.unchanged += Set(ids).count - added
        if removed > 0 { relationCounts.removed = (relationCounts.removed ?? 0) + removed }
    }

    private mutating func number(
        of key: String, _ rel: RelationType, in tx: WriteTransaction
    ) throws -> Int {
        if let number = numbers[key] { return number }
        guard let number = try RecordReader.number(of: key, Item.kind, in: tx) else {
            throw RPCError.badMember(rel.rawValue, "is no item: \"\(key)\"")
        }
        numbers[key] = number
        return number
    }

    // MARK: - Keys

    /// The record that is meant, by what tells records apart; the source's key comes first.
    private func match(_ given: JSON.Object, in tx: WriteTransaction) throws -> Record? {
        for names in kind.unique.reversed() {
            let values = names.compactMap { given[$0]?.string }
            guard values.count == names.count else { continue }
            let row = try tx.row(
                """
                SELECT id FROM \(kind.table)
                WHERE \(names.map { "\($0) = ?" }.joined(separator: " AND "))
                """, arguments: values)
            guard let id = try row?.int("id") else { continue }
            return try adopted(try RecordReader.load(id, kind, in: tx), given)
        }
        guard kind.unique.contains(where: { $0.allSatisfy { given[$0]?.string != nil } }) else {
            let keys = kind.unique.map { $0.joined(separator: " with ") }
            throw RPCError.badMember(
                kind.unique.first?.last ?? "",
                "is required to tell the record: \(keys.joined(separator: ", or "))")
        }
        return nil
    }

    /// What was documented by hand is taken over by its name; what another key tells is not.
    private func adopted(_ record: Record?, _ given: JSON.Object) throws(RPCError) -> Record? {
        guard let record, let known = record.members["external_key"]?.string,
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

    private static func merged(_ old: JSON.Object, _ new: JSON.Object) -> JSON {
        var merged = old
        for (name, value) in new { merged[name] = value.isNull ? Optional.none : value }
        return .object(merged)
    }

    // MARK: - What is said

    private mutating func show(_ new: Record, before old: Record?) {
        tally.show(
            Imported.Change(
                kind: kind.title, name: new.name, ref: new.ref.description, from: old?.members,
                to: new.members))
    }
}
