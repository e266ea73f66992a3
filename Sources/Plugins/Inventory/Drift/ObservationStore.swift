internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// Keeps what was observed, and with it in what it differs from what is documented: whichever of the two
/// changes, the difference is found out anew in the same transaction.
enum ObservationStore {
    // MARK: - Reading

    static func load(
        _ source: String, _ key: String, in tx: ReadTransaction
    ) throws -> Observation? {
        try tx.row(
            """
            SELECT \(Observation.columns) FROM inventory_observation o
            WHERE o.source = ? AND o.external_key = ?
            """, source, key
        ).map(Observation.init(row:))
    }

    /// What a source calls an item; nil when it has never observed it.
    static func key(
        of item: Record, by source: String, in tx: ReadTransaction
    ) throws -> String? {
        try tx.row(
            """
            SELECT external_key FROM inventory_observation
            WHERE ci_id = ? AND source = ? ORDER BY seen_at DESC, id DESC LIMIT 1
            """, item.id, source
        )?.text("external_key")
    }

    /// What a source has observed of an item last.
    static func last(
        of item: Record, by source: String, in tx: ReadTransaction
    ) throws -> Observation? {
        try tx.row(
            """
            SELECT \(Observation.columns) FROM inventory_observation o
            WHERE o.ci_id = ? AND o.source = ? ORDER BY o.seen_at DESC, o.id DESC LIMIT 1
            """, item.id, source
        ).map(Observation.init(row:))
    }

    /// The observations of an item, and those that were of no item and are of this one as it is now: one
    /// of each source, since two things that it tells apart are not one item, whatever they are called.
    private static func about(_ item: Record, in tx: ReadTransaction) throws -> [Observation] {
        var sources: Set<String> = []
        return try tx.rows(
            """
            SELECT \(Observation.columns) FROM inventory_observation o
            WHERE o.ci_id = ? OR (o.source = ? AND o.external_key = ?)
            OR (o.ci_id IS NULL AND o.class = ? AND o.name = ?)
            ORDER BY CASE WHEN o.ci_id = ? THEN 0 ELSE 1 END, o.seen_at DESC, o.id DESC
            """, item.id, item.members["discovered_by"]?.string,
            item.members["external_key"]?.string, item.members["class"]?.string, item.name,
            item.id
        ).map(Observation.init(row:)).filter { observation in
            guard try observation.item == item.id || observation.tells(item, in: tx) else {
                return false
            }
            return sources.insert(observation.source).inserted
        }
    }

    // MARK: - Writing

    static func save(_ observation: Observation, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO inventory_observation
            (id, source, external_key, ci_id, class, name, kind, said, drift, first_seen_at, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
            ci_id = excluded.ci_id, class = excluded.class, name = excluded.name,
            kind = excluded.kind, said = excluded.said, drift = excluded.drift,
            seen_at = excluded.seen_at
            """, observation.id, observation.source, observation.key, observation.item,
            observation.said("class"), observation.said("name"), observation.kind?.rawValue,
            observation.saidJSON,
            try JSON(encoding: observation.members), observation.firstSeenAt, observation.seenAt)
    }

    /// Finds out anew how an item that was written stands to what was observed of it.
    static func review(_ item: Record, in tx: WriteTransaction) throws {
        for observation in try about(item, in: tx) {
            var new = observation
            new.item = item.id
            do {
                let observed = try Reconciliation.observed(item, observation.said, in: tx)
                new.members = DriftRules.members(
                    item.members, observed.members, known: observation.members, at: tx.now)
            } catch is RPCError {
                // The source says something that is not known any more, such as a team. That must keep
                // nobody from changing the item; the source is told when it observes the item again.
                continue
            }
            guard new.members != observation.members || new.item != observation.item else {
                continue
            }
            try save(new, in: tx)
            try announce(new, of: item, after: observation, in: tx)
        }
    }

    /// Notes that what a source has observed is of an item no more; without a source of all of them,
    /// since the item is documented no more.
    static func forget(
        _ item: Record, observedBy source: String? = nil, in tx: WriteTransaction
    ) throws {
        var arguments: [(any SQLConvertible)?] = [Drift.Kind.undocumented.rawValue, item.id]
        if let source { arguments.append(source) }
        try tx.execute(
            """
            UPDATE inventory_observation SET ci_id = NULL, kind = ?, drift = '[]'
            WHERE ci_id = ?\(source == nil ? "" : " AND source = ?")
            """, arguments: arguments)
    }

    /// Forgets what nobody documented and its source has not seen for long, whoever that is: a source
    /// that has ended says nothing any more.
    static func prune(before: Instant, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM inventory_observation WHERE \(isForgotten)", before)
    }

    /// An index of its own has these: each piece of a feed asks for them.
    static let isForgotten = "ci_id IS NULL AND seen_at < ?"

    // MARK: - Events

    /// Says that the members in which an item differs are others than before, if they are.
    static func announce(
        _ observation: Observation, of item: Record, after known: Observation?,
        in tx: WriteTransaction
    ) throws {
        guard observation.differing(from: item) != known?.differing(from: item) ?? [] else {
            return
        }
        var event = item.identity
        event["source"] = .string(observation.source)
        event["members"] = .array(observation.members.map { .string($0.member) })
        try tx.announce(
            observation.members.isEmpty ? "ci.aligned" : "ci.drifted", item.ref, .object(event))
    }

    /// Says that an item does not differ any more from a thing that is another one by now.
    static func announce(leaving known: Observation, in tx: WriteTransaction) throws {
        guard !known.members.isEmpty,
            let left = try known.item.flatMap({ try RecordReader.load($0, Item.kind, in: tx) })
        else { return }
        var aligned = known
        aligned.members = []
        try announce(aligned, of: left, after: known, in: tx)
    }
}
