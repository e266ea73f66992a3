internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// What a source said of one thing when it observed it last.
struct Observation: Sendable {
    var id: Int
    var source: String
    /// What the source calls it.
    var key: String
    /// The item that documents it.
    var item: Int?
    var said: ImportedRecord
    var members: [Drift.Member]
    var firstSeenAt: Instant
    var seenAt: Instant

    /// How it stands to what is documented; nil where there is no difference.
    var kind: Drift.Kind? {
        if item == nil { return .undocumented }
        return members.isEmpty ? nil : .changed
    }

    /// What was said of a member that is a text.
    func said(_ member: String) -> String? {
        said.members[member]?.string ?? said.initial?[member]?.string
    }

    /// Whether the source, if it observed the same again, would be taken to observe an item.
    func tells(_ item: Record, in tx: ReadTransaction) throws -> Bool {
        do {
            let reconciliation = Reconciliation(kind: Item.kind, source: source)
            let identity = reconciliation.identity(of: said)
            return try reconciliation.match(observed: identity, in: tx)?.id == item.id
        } catch is RPCError {
            // Another thing of the item's name, which its source knows by another key.
            return false
        }
    }

    /// The members in which an item differs; none where what was observed is of another one, or of none.
    func differing(from item: Record) -> [String] {
        self.item == item.id ? members.map(\.member) : []
    }

    /// The difference as callers see it; nil where there is none.
    func drift(of record: Record?) -> Drift? {
        guard let kind else { return nil }
        return Drift(
            kind: kind, ref: record?.ref, name: record?.name ?? said("name") ?? key,
            class: record?.members["class"]?.string ?? said("class"),
            source: source, externalKey: key,
            since: kind == .undocumented ? firstSeenAt : members.map(\.since).min() ?? seenAt,
            seenAt: seenAt, changed: members)
    }
}

extension Observation {
    static let columns =
        "o.id, o.source, o.external_key, o.ci_id, o.said, o.drift, o.first_seen_at, o.seen_at"

    /// Reads a row with ``columns``.
    init(row: Row) throws {
        let said = try row.json("said")
        self.init(
            id: try row.int("id"), source: try row.text("source"),
            key: try row.text("external_key"), item: try row.optionalInt("ci_id"),
            said: ImportedRecord(
                line: 0, members: said["members"]?.object ?? [:], fields: said["fields"]?.object,
                initial: said["initial"]?.object),
            members: try row.json("drift").decode(),
            firstSeenAt: try row.instant("first_seen_at"), seenAt: try row.instant("seen_at"))
    }

    /// What is kept of a line.
    var saidJSON: JSON {
        var kept: JSON.Object = ["members": .object(said.members)]
        kept["fields"] = said.fields.map(JSON.object)
        kept["initial"] = said.initial.map(JSON.object)
        return .object(kept)
    }
}
