internal import OpsCore
internal import OpsJSONRPC

/// A new record that has no number yet, with all that can be worked out before it has one.
///
/// Of thousands that come, most is done before the write begins, which others wait for.
struct RecordDraft: Sendable {
    let kind: RecordKind
    /// In their normal form; references are refs.
    let members: JSON.Object
    /// The values of the kind's columns.
    let values: [SQLValue]
    let text: SearchText
    let audited: JSONText

    init(_ members: JSON.Object, _ kind: RecordKind) {
        let record = Record(
            kind: kind, id: 0, members: members, createdAt: Instant(milliseconds: 0),
            updatedAt: Instant(milliseconds: 0), generation: 1)
        self.kind = kind
        self.members = members
        values = record.values
        text = SearchText(record.document)
        audited = JSONText(.object(members))
    }
}
