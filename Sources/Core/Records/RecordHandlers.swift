internal import OpsJSONRPC

/// Answers `record.*` and `evidence.*`: what is known of records beyond what their owners show.
struct RecordHandlers {
    let store: Store
    let owners: RecordOwners
    let registry: MethodRegistry
    let contributors: Contributors

    static let declarations = [
        MethodDeclaration(ShowContext.self), MethodDeclaration(ShowHistory.self),
        MethodDeclaration(ShowRecordAsOf.self), MethodDeclaration(RevertRecord.self),
        MethodDeclaration(ExportEvidence.self),
    ]

    func bind(_ methods: MethodRegistrar) {
        methods.handle(ShowContext.self) { [contributors] call, params in
            await contributors.ask(
                about: params.refs, for: call, seenBy: [call.access].compactMap(\.self))
        }
        methods.handle(ShowHistory.self) { [store, owners, registry] call, params in
            try Self.refuseUnreadable(params.ref, owners, for: call, registry)
            let query = try AuditQuery(params)
            let page = try await store.read { try query.page($0) }
            return Page(items: page.items.map(RecordChange.init), nextCursor: page.nextCursor)
        }
        methods.handle(ShowRecordAsOf.self) { [store, owners, registry] call, params in
            try Self.refuseUnreadable(params.ref, owners, for: call, registry)
            guard let owner = owners[params.ref.noun], !owner.actions.isEmpty else {
                throw RPCError.conflict(
                    "No plugin that runs here keeps the past of a \(params.ref.noun) whole.",
                    hint: "record.history shows what is known of it.")
            }
            let past = RecordPast(ref: params.ref, actions: owner.actions)
            return try await store.read { try past.state(at: params.at, in: $0) }
        }
        methods.handle(ExportEvidence.self) { [store] _, params in
            try await store.read { try params.page($0) }
        }
        methods.handle(RevertRecord.self) { [store, owners, registry] call, params in
            try await call.write(to: store) { tx in
                try RecordReverter(
                    owners: owners, registry: registry, access: call.access, tx: tx
                ).revert(params)
            }
        }
    }

    /// The past of a record is for those who may see it now; that of one whose owner is not there,
    /// for those who may read the audit log.
    private static func refuseUnreadable(
        _ ref: Ref, _ owners: RecordOwners, for call: Call, _ registry: MethodRegistry
    ) throws(RPCError) {
        let methods = owners[ref.noun]?.record.methods ?? ref.noun
        guard let access = call.access,
            let entry = registry.entry("\(methods).get") ?? registry.entry(ListAudit.name)
        else { return }
        let attempt = AccessAttempt(
            method: entry.declaration.name, owner: entry.owner, effect: entry.declaration.effect,
            params: [:])
        if let refusal = access.refusal(attempt) { throw refusal }
    }
}
