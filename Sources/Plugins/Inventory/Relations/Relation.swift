internal import OpsCore
internal import OpsJSONRPC

/// How one item stands to another.
enum RelationType: String, Codable, CaseIterable, Sendable, SQLConvertible {
    case dependsOn = "depends_on"
    case runsOn = "runs_on"
    case connectedTo = "connected_to"
    case memberOf = "member_of"
    case backedUpBy = "backed_up_by"

    /// Those by which a failure goes on, from the item that the relation leads to to the other.
    ///
    /// Who is a member of something does not fail with it, and who is backed up somewhere goes on
    /// when the backups do not.
    static let carrying: [RelationType] = [.dependsOn, .runsOn, .connectedTo]
}

/// A relation as callers see it.
struct Relation: Codable, Sendable {
    var from: Ref
    var fromName: String
    var rel: RelationType
    var to: Ref
    var toName: String
    /// The group of relations of which not all are needed.
    var group: String?
    /// How many of the group have to be up; all when absent.
    var minUp: Int?
    var createdAt: Instant
}

extension Relation {
    /// Reads a row that ``RelationReader`` has selected.
    init(row: Row) throws {
        from = Ref("ci", try row.int("from_ci"))
        fromName = try row.text("from_name")
        rel = RelationType(rawValue: try row.text("rel")) ?? .dependsOn
        to = Ref("ci", try row.int("to_ci"))
        toName = try row.text("to_name")
        let name = try row.text("grp")
        group = name.isEmpty ? nil : name
        minUp = try row.optionalInt("min_up")
        createdAt = try row.instant("created_at")
    }
}
