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

    /// The difference as callers see it; nil where there is none.
    func drift(of record: Record?) -> Drift? {
        guard let kind else { return nil }
        let name = record?.name ?? said.initial?["name"]?.string ?? said.members["name"]?.string
        return Drift(
            kind: kind, ref: record?.ref, name: name ?? key,
            class: (record?.members["class"] ?? said.members["class"] ?? said.initial?["class"])?
                .string,
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
