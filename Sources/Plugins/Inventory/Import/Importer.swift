internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
internal import OpsJSONRPC

/// Brings records in: each is found by its key, and created, changed or left alone.
///
/// Everything happens in one write, so that a dry run says exactly what an import would do. A line
/// that is wrong leaves nothing behind of the import, or of itself, as the mode says. What is wrong
/// with a relation is known only when all records are there: by rows it leaves out the relations of its
/// type, not the record.
struct Importer: Importing {
    let reconciliation: Reconciliation
    let mode: ImportMode

    var tally: ImportTally
    private var counts = Imported.Counts()
    private var relationCounts = Imported.Counts()
    /// What is said of relations, for when all records are there that they may lead to.
    private var relations:
        [(line: Int, from: Record, rel: RelationType, to: Result<[String], RPCError>)] = []
    /// The numbers of items, by what the file calls them.
    private var numbers: [String: Int] = [:]

    private var kind: RecordKind { reconciliation.kind }

    init(_ reconciliation: Reconciliation, mode: ImportMode = .all, limit: Int) {
        self.reconciliation = reconciliation
        self.mode = mode
        tally = ImportTally(mode: mode, limit: limit)
    }

    /// - Throws: `invalid_params` naming the lines that are wrong, and in each what, unless the others
    ///   are to be taken.
    mutating func take(
        _ lines: MadeAhead<ImportedRecord, ImportLine>, _ mistakes: [RPCError.FieldError] = [],
        in tx: WriteTransaction
    ) throws -> Imported {
        try tx.expect(records: lines.count)
        tally.reject(mistakes)
        try take(lines, line: \.record.line, in: tx) { importer, line in
            try importer.take(line, in: tx)
        }
        let said = relations
        try take(said, line: \.line, areParts: true, in: tx) { importer, said in
            try importer.relate(said.from, said.rel, said.to.get(), in: tx)
        }
        return try report(in: tx)
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

    private mutating func take(_ line: ImportLine, in tx: WriteTransaction) throws {
        let new = try write(line, in: tx)
        for (rel, keys) in line.relations {
            relations.append((line.record.line, new, rel, keys))
        }
    }

    /// What is counted is counted last: a line that turns out to be wrong was nothing.
    private mutating func write(_ line: ImportLine, in tx: WriteTransaction) throws -> Record {
        guard let old = try reconciliation.match(line.identity, in: tx) else {
            let new = try create(line, in: tx)
            tally.note(new.ref.description, line: line.record.line)
            counts.created += 1
            show(new, before: nil)
            return new
        }
        try tally.refuseTwice(old.ref.description)
        let new = try RecordWriter.update(old, reconciliation.changes(line.record, of: old), in: tx)
        tally.note(old.ref.description, line: line.record.line)
        guard new.members != old.members else {
            counts.unchanged += 1
            return old
        }
        counts.updated += 1
        show(new, before: old)
        return new
    }

    private func create(_ line: ImportLine, in tx: WriteTransaction) throws -> Record {
        if let draft = line.draft { return try RecordWriter.insert(draft, in: tx) }
        return try RecordWriter.insertUnmatched(
            try line.members ?? kind.normalized(reconciliation.creation(line.record)), kind, in: tx)
    }

    // MARK: - Relations

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

    // MARK: - What is said

    private mutating func show(_ new: Record, before old: Record?) {
        let title = kind.title
        tally.show(
            Imported.Change(
                kind: title, name: new.name, ref: new.ref.description, from: old?.members,
                to: new.members))
    }
}
