internal import OpsCore
internal import OpsJSONRPC

/// What a record becomes that is brought back.
enum RestoredState {
    /// The members of a record that is there, with those that the revert changes.
    ///
    /// The core knows a record by its last audit entry. In that, others such as its queue stand by
    /// the names that they had then, and nobody asked to bring these back.
    static func members(
        _ wanted: JSON.Object, of ref: Ref, now: JSON.Object, knownBy actions: [String],
        in tx: ReadTransaction
    ) throws -> JSON.Object {
        let places = actions.map { _ in "?" }.joined(separator: ", ")
        let row = try tx.row(
            "SELECT after FROM audit WHERE ref = ? AND action IN (\(places)) ORDER BY seq DESC LIMIT 1",
            arguments: [ref] + actions)
        let known = try row?.optionalJSON("after")?.object ?? now
        var members = now
        for name in Set(wanted.keys + known.keys) where wanted[name] != known[name] {
            members[name] = wanted[name]
        }
        for mark in RecordKinds.marks { members[mark] = now[mark] }
        return members
    }
}
