internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// Finds the differences between what is documented and what was observed.
struct DriftReader {
    let tx: ReadTransaction
    let now: Instant

    // MARK: - What was observed before

    /// Some differences, kind by kind, and where to go on.
    func list(_ params: ShowDrift) throws -> Page<Drift> {
        let (first, after) = try Self.place(params.cursor)
        let item = try params.ci.map { try RecordReader.find($0, Item.kind, in: tx).id }
        var found: [(id: Int, drift: Drift)] = []
        for kind in Drift.Kind.allCases.drop(while: { $0 != first })
        where params.kind == nil || params.kind == kind {
            let place = kind == first ? after : 0
            let room = params.limit + 1 - found.count
            guard room > 0 else { break }
            found +=
                kind == .unseen
                ? try unseen(params, item, after: place, limit: room)
                : try observed(kind, params, item, after: place, limit: room)
        }
        let shown = found.prefix(params.limit)
        let next =
            found.count > shown.count
            ? shown.last.map { "\($0.drift.kind.rawValue) \($0.id)" } : nil
        return Page(items: shown.map(\.drift), nextCursor: next)
    }

    private func observed(
        _ kind: Drift.Kind, _ params: ShowDrift, _ item: Int?, after id: Int, limit: Int
    ) throws -> [(Int, Drift)] {
        var conditions = ["o.kind = ?", "o.id > ?"]
        var arguments: [(any SQLConvertible)?] = [kind.rawValue, id]
        if let source = params.source {
            conditions.append("o.source = ?")
            arguments.append(source)
        }
        if let item {
            conditions.append("o.ci_id = ?")
            arguments.append(item)
        }
        let rows = try tx.rows(
            """
            SELECT \(Observation.columns) FROM inventory_observation o
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY o.id LIMIT ?
            """, arguments: arguments + [limit])
        return try rows.compactMap { row in
            let observation = try Observation(row: row)
            let record = try observation.item.flatMap {
                try RecordReader.load($0, Item.kind, in: tx)
            }
            return observation.drift(of: record).map { (observation.id, $0) }
        }
    }

    /// Items that are in use and that a source should know, but has not observed for a while: the source
    /// that is asked for, or any.
    private func unseen(
        _ params: ShowDrift, _ item: Int?, after id: Int, limit: Int
    ) throws -> [(Int, Drift)] {
        let source = params.source
        let observed =
            "FROM inventory_observation o WHERE o.ci_id = c.id\(source == nil ? "" : " AND o.source = ?")"
        var arguments: [(any SQLConvertible)?] = source.map { [$0] } ?? []
        var conditions = [
            "c.id > ?", "c.status IN ('live', 'maintenance')",
            """
            (c.discovered_by IN (
                SELECT source FROM inventory_observation\(source == nil ? "" : " WHERE source = ?"))
            OR EXISTS (SELECT 1 \(observed)))
            """,
        ]
        arguments += [id] + (source.map { [$0, $0] } ?? [])
        if let item {
            conditions.append("c.id = ?")
            arguments.append(item)
        }
        let rows = try tx.rows(
            """
            SELECT id, seen_at, created_at FROM (
                SELECT c.id, c.created_at, (SELECT max(o.seen_at) \(observed)) AS seen_at
                FROM inventory_ci c WHERE \(conditions.joined(separator: " AND "))
            ) AS known
            WHERE coalesce(seen_at, created_at) < ? ORDER BY id LIMIT ?
            """, arguments: arguments + [now - .milliseconds(params.unseenMs), limit])
        return try rows.compactMap { row in
            guard let item = try RecordReader.load(try row.int("id"), Item.kind, in: tx) else {
                return nil
            }
            return (item.id, try unseen(item, by: source, row))
        }
    }

    private func unseen(_ item: Record, by source: String?, _ row: Row) throws -> Drift {
        let seen = try row.optionalInstant("seen_at")
        let finder = item.members["discovered_by"]?.string
        return Drift(
            kind: .unseen, ref: item.ref, name: item.name, class: item.members["class"]?.string,
            source: source ?? finder,
            externalKey: source == nil || source == finder
                ? item.members["external_key"]?.string
                : try source.flatMap { try ObservationStore.key(of: item, by: $0, in: tx) },
            since: try seen ?? row.instant("created_at"), seenAt: seen, changed: [])
    }

    private static func place(
        _ cursor: String?
    ) throws(RPCError) -> (kind: Drift.Kind, after: Int) {
        guard let cursor else { return (.changed, 0) }
        let parts = cursor.split(separator: " ")
        guard parts.count == 2, let kind = Drift.Kind(rawValue: String(parts[0])),
            let id = Int(parts[1])
        else { throw .badMember("cursor", "is no next_cursor of this list") }
        return (kind, id)
    }

    // MARK: - A text

    /// The differences from what a text says; nothing of it is kept.
    func compare(_ records: [ImportedRecord], _ params: ShowDrift) throws -> Page<Drift> {
        let reconciliation = Reconciliation(
            kind: Item.kind, source: params.source ?? params.format.source ?? "text",
            itemClass: params.class)
        let item = try params.ci.map { try RecordReader.find($0, Item.kind, in: tx).ref }
        guard let start = Int(params.cursor ?? "0"), start >= 0 else {
            throw RPCError.badMember("cursor", "is no next_cursor of this list")
        }
        var found: [Drift] = []
        var mistakes: [RPCError.FieldError] = []
        var place = start
        for record in records.dropFirst(start) where found.count < params.limit {
            place += 1
            do {
                let sighting = try reconciliation.sighting(of: record, at: now, in: tx)
                guard let drift = sighting.new.drift(of: sighting.item),
                    params.kind == nil || drift.kind == params.kind,
                    item == nil || drift.ref == item
                else { continue }
                found.append(drift)
            } catch let error as RPCError {
                mistakes += error.mistakes(onLine: record.line)
            }
        }
        guard mistakes.isEmpty else { throw RPCError.badLines(mistakes) }
        return Page(items: found, nextCursor: place < records.count ? "\(place)" : nil)
    }
}
