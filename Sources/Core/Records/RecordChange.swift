internal import OpsJSONRPC

/// What one audit entry says about a record, and what changed.
struct RecordChange: Codable, Sendable {
    /// A member that differs.
    struct Difference: Codable, Sendable, Equatable {
        var member: String
        /// Absent where the member was not there.
        var before: JSON?
        var after: JSON?
    }

    /// The number of the audit entry.
    var entry: Int64
    var at: Instant
    var principal: String
    var action: String
    var reason: String
    var method: String?
    var requestId: String?
    var outcome: String?
    /// What changed, by the members' names; of a record that came or went all of it.
    var changed: [Difference]
    var before: JSON?
    var after: JSON?

    init(_ row: AuditEntry) {
        entry = row.seq
        at = row.at
        principal = row.principal
        action = row.action
        reason = row.reason
        method = row.method
        requestId = row.requestId
        outcome = row.outcome
        before = row.before
        after = row.after
        changed = Self.differences(row.before?.object ?? [:], row.after?.object ?? [:])
    }

    /// The members in which two states of a record differ, sorted.
    static func differences(_ before: JSON.Object, _ after: JSON.Object) -> [Difference] {
        Set(before.keys + after.keys).sorted().compactMap { member in
            guard before[member] != after[member] else { return nil }
            return Difference(member: member, before: before[member], after: after[member])
        }
    }
}
