internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// A line of an import, with what can be worked out before the write begins, which others wait for.
struct ImportLine: Sendable {
    /// What the line says of the record, without its relations.
    let record: ImportedRecord
    /// What the line says of relations: to what they lead, or what is wrong with that.
    let relations: [(RelationType, Result<[String], RPCError>)]
    /// By what the record is found.
    let identity: Reconciliation.Identity
    /// The members of the record if it is new; nil where something is wrong with them, which is said
    /// when it is the line's turn.
    let members: JSON.Object?
    /// The record if it is new; nil where it refers to others, which only the store knows.
    let draft: RecordDraft?

    init(_ record: ImportedRecord, _ reconciliation: Reconciliation) {
        var record = record
        let kind = reconciliation.kind
        relations = Self.relations(takenFrom: &record.members, kind)
        self.record = record
        identity = reconciliation.identity(of: record)
        members = try? kind.normalized(reconciliation.creation(record))
        draft = members.flatMap { members in
            let refers = kind.columns.contains { $0.noun != nil && members[$0.member] != nil }
            return refers ? nil : RecordDraft(members, kind)
        }
    }

    /// Takes what a record says of its relations out of its members.
    private static func relations(
        takenFrom given: inout JSON.Object, _ kind: RecordKind
    ) -> [(RelationType, Result<[String], RPCError>)] {
        guard kind.noun == Item.kind.noun else { return [] }
        var said: [(RelationType, Result<[String], RPCError>)] = []
        for rel in RelationType.allCases {
            guard let value = given[rel.rawValue] else { continue }
            given[rel.rawValue] = nil
            said.append((rel, keys(in: value, of: rel)))
        }
        return said
    }

    private static func keys(
        in value: JSON, of rel: RelationType
    ) -> Result<[String], RPCError> {
        let keys = value.isNull ? [] : value.array?.compactMap(\.string)
        guard let keys, keys.count == value.array?.count ?? 0 else {
            return .failure(.badMember(rel.rawValue, "must be a list of refs or names"))
        }
        return .success(keys)
    }
}
