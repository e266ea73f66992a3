internal import OpsJSONRPC

/// Who owns the records whose past can be shown and brought back.
final class RecordOwners: Sendable {
    /// The owner of a noun's records.
    struct Owner: Sendable {
        let plugin: String
        /// The actions whose audit entries hold the record whole.
        let actions: [String]
        /// The actions whose entries hold a part of it.
        let partActions: [String]
        /// The methods that change such a part.
        let partMethods: [String]
        /// Brings records back; nil while it does not run, or when it can't.
        let reverts: (any Reverts)?
    }

    private let owners = Guarded<[String: Owner]>([:])

    /// Sets what a plugin has declared.
    func set(_ records: [RecordDeclaration], of plugin: String, _ reverts: (any Reverts)?) {
        owners.withLock { owners in
            for record in records {
                owners[record.noun] = Owner(
                    plugin: plugin, actions: record.actions,
                    partActions: record.partActions, partMethods: record.partMethods,
                    reverts: reverts)
            }
        }
    }

    /// The owner of a noun's records; nil when nobody keeps them whole.
    subscript(noun: String) -> Owner? { owners.withLock { $0[noun] } }
}
