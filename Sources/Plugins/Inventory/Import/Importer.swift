internal import OpsCore
internal import OpsJSONRPC

/// Brings records in: each is found by its key, and created, changed or left alone.
///
/// Everything happens in one write, so that a dry run says exactly what an import would do, and a
/// single line that is wrong leaves nothing behind.
struct Importer {
    let kind: RecordKind
    /// What the records are said to be discovered by that say nothing themselves.
    let source: String?
    /// How many changes are shown.
    let limit: Int

    private var counts = Imported.Counts()
    private var changes: [Imported.Change] = []
    private var mistakes: [RPCError.FieldError] = []
    /// The lines on which records stand in the file, by number.
    private var lines: [Int: Int] = [:]

    /// Who reads a report has seen enough after that many mistakes.
    private static let mostMistakes = 100

    init(_ kind: RecordKind, source: String?, limit: Int) {
        self.kind = kind
        self.source = source
        self.limit = limit
    }

    /// - Throws: `invalid_params` naming the lines that are wrong, and in each what.
    mutating func take(
        _ records: [ImportedRecord], in tx: WriteTransaction
    ) throws -> Imported {
        for record in records where mistakes.count < Self.mostMistakes {
            do {
                try take(record, in: tx)
            } catch let error as RPCError {
                note(error, on: record.line)
            }
        }
        guard mistakes.isEmpty else { throw RPCError.badLines(mistakes) }
        let imported = Imported(
            counts: [kind.noun: counts], changes: changes,
            moreChanges: counts.created + counts.updated - changes.count)
        if counts.created + counts.updated > 0 {
            let said = try JSON(encoding: imported.counts)
            try tx.audit("\(kind.noun).imported", nil, before: nil, after: said)
            try tx.announce("\(kind.noun).imported", nil, said)
        }
        return imported
    }

    private mutating func take(_ record: ImportedRecord, in tx: WriteTransaction) throws {
        var given = record.members
        if let source, given["external_key"]?.string != nil, given["discovered_by"] == nil {
            given["discovered_by"] = .string(source)
        }
        guard let old = try match(given, in: tx) else {
            if let fields = record.fields { given["fields"] = Self.merged([:], fields) }
            let new = try RecordWriter.insert(given, kind, in: tx)
            try refuseTwice(new.id, record.line)
            counts.created += 1
            show(.create, new, before: nil)
            return
        }
        try refuseTwice(old.id, record.line)
        if let fields = record.fields {
            given["fields"] = Self.merged(old.members["fields"]?.object ?? [:], fields)
        }
        let new = try RecordWriter.update(old, given, in: tx)
        guard new.members != old.members else {
            counts.unchanged += 1
            return
        }
        counts.updated += 1
        show(.update, new, before: old)
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

    private mutating func refuseTwice(_ id: Int, _ line: Int) throws(RPCError) {
        if let first = lines.updateValue(line, forKey: id) {
            throw .badMember("", "says the same record as line \(first)")
        }
    }

    private static func merged(_ old: JSON.Object, _ new: JSON.Object) -> JSON {
        var merged = old
        for (name, value) in new { merged[name] = value.isNull ? Optional.none : value }
        return .object(merged)
    }

    // MARK: - What is said

    private mutating func note(_ error: RPCError, on line: Int) {
        let place = "line \(line)"
        if error.fields.isEmpty { mistakes.append(.init(path: place, reason: error.message)) }
        for field in error.fields {
            let path = field.path.isEmpty ? place : "\(place): \(field.path)"
            mistakes.append(.init(path: path, reason: field.reason))
        }
    }

    private mutating func show(_ action: Imported.Action, _ new: Record, before old: Record?) {
        guard changes.count < limit else { return }
        var change = Imported.Change(
            action: action, kind: kind.title, name: new.name, ref: new.ref, before: nil,
            after: new.members)
        if let old {
            let names = Set(old.members.keys + new.members.keys).filter {
                old.members[$0] != new.members[$0]
            }
            change.before = Self.only(names, of: old.members)
            change.after = Self.only(names, of: new.members)
        }
        changes.append(change)
    }

    private static func only(_ names: Set<String>, of members: JSON.Object) -> JSON.Object {
        JSON.Object(members.filter { names.contains($0.key) }.map { ($0.key, $0.value) })
    }
}

extension RPCError {
    /// Mistakes in the lines of a file.
    fileprivate static func badLines(_ mistakes: [FieldError]) -> RPCError {
        let lines = Set(mistakes.map { $0.path.prefix { $0 != ":" } })
        return .invalidParams(
            "Nothing was imported: \(lines.count) \(lines.count == 1 ? "line is" : "lines are") wrong.",
            fields: mistakes)
    }
}
