internal import OpsJSONRPC

/// Who owns the records whose past can be shown and brought back.
final class RecordOwners: Sendable {
    /// The owner of a noun's records.
    struct Owner: Sendable {
        let plugin: String
        let record: RecordDeclaration
        /// Brings records back; nil while it does not run, or when it can't.
        let reverts: (any Reverts)?

        /// The actions whose audit entries hold the record whole.
        var actions: [String] { record.actions }
        /// The actions whose entries hold a part of it.
        var partActions: [String] { record.partActions }

        /// A state of the record without what changes with every change.
        func compared(_ state: JSON?) -> JSON.Object? {
            var members = state?.object
            for mark in record.marks { members?[mark] = nil }
            return members
        }
    }

    private let owners = Guarded<[String: Owner]>([:])

    /// Sets what a plugin has declared.
    func set(_ records: [RecordDeclaration], of plugin: String, _ reverts: (any Reverts)?) {
        owners.withLock { owners in
            for record in records {
                owners[record.noun] = Owner(plugin: plugin, record: record, reverts: reverts)
            }
        }
    }

    /// The owner of a noun's records; nil when nobody keeps them whole.
    subscript(noun: String) -> Owner? { owners.withLock { $0[noun] } }
}
