internal import OpsJSONRPC

/// Takes changes of records back, in one write.
///
/// The audit log says what a record was and is; its owner brings it back, since the core knows no
/// tables. Links are the core's own.
struct RecordReverter {
    let owners: RecordOwners
    let registry: MethodRegistry
    let access: (any Access)?
    let tx: WriteTransaction

    typealias Change = RevertRecord.Result.Change

    /// One thing to be done, in the order of the newest entry first.
    private enum Step {
        case record(Ref, RecordOwners.Owner, actions: [String])
        case part(AuditEntry, Ref, RecordOwners.Owner)
        case link(AuditEntry, Ref)
    }

    /// As many entries as one write may take back, which others wait for.
    private static let maxEntries = 100_000

    func revert(_ params: RevertRecord) throws -> RevertRecord.Result {
        let entries = try entries(params)
        let (steps, rules) = try plan(entries)
        guard !steps.isEmpty else {
            throw RPCError.conflict("The entry \(params.entry) has changed no record.")
        }
        try authorize(steps, rules)
        let changes = try carryOut(steps, rules)
        let numbers = entries.map(\.seq)
        try tx.audit(
            RevertRecord.name, nil, before: nil,
            after: ["entries": .array(numbers.prefix(1000).map { .number(JSON.Number($0)) })])
        try tx.announce(
            "record.reverted", nil, ["entries": .number(JSON.Number(numbers.count))])
        return RevertRecord.Result(entries: numbers, changes: changes)
    }

    // MARK: - What is to be taken back

    /// The entries, newest first.
    private func entries(_ params: RevertRecord) throws -> [AuditEntry] {
        let columns = AuditRow.columns.joined(separator: ", ")
        let row = try tx.row("SELECT \(columns) FROM audit WHERE seq = ?", params.entry)
        guard let row else {
            throw RPCError.notFound(
                "There is no audit entry \(params.entry).", hint: "record.history shows them.")
        }
        let entry = try AuditEntry(row: row)
        guard entry.outcome ?? AuditRow.success == AuditRow.success else {
            throw RPCError.conflict(
                "The entry \(params.entry) is about something that was refused.")
        }
        guard params.scope == .call, let request = entry.requestId else { return [entry] }
        // A write has one time, and no two calls of a process one name: together they are the call,
        // whoever acted in it. What rules have answered to what the caller did belongs to it as well.
        let rows = try tx.rows(
            """
            SELECT \(columns) FROM audit WHERE at = ? AND request_id = ? AND method = ?
            ORDER BY seq DESC LIMIT ?
            """, entry.at, request, entry.method, Self.maxEntries + 1)
        guard rows.count <= Self.maxEntries else {
            throw RPCError.tooLarge("The call has more than \(Self.maxEntries) entries.")
        }
        let entries = try rows.map(AuditEntry.init(row:))
        let some = entries.filter { !isLasting($0) }
        // Of a call that did nothing else it is said that this is not taken back.
        return some.isEmpty ? entries : some
    }

    /// Whether it stays when all else of its call is taken back.
    private func isLasting(_ entry: AuditEntry) -> Bool {
        entry.ref.flatMap { owners[$0.noun] }?.record.lasting.contains(entry.action) == true
    }

    private func plan(_ entries: [AuditEntry]) throws -> ([Step], RevertRules) {
        var steps: [Step] = []
        var rules = RevertRules()
        var refused: [RevertRules.Conflict] = []
        for entry in entries {
            // Without a record it only sums up what the others say.
            guard let ref = entry.ref else { continue }
            // Asked once: a plugin may start or stop meanwhile.
            let owner = owners[ref.noun]
            if owner?.record.consequences.contains(entry.action) == true { continue }
            if entry.action == CreateLink.name || entry.action == DeleteLink.name {
                steps.append(.link(entry, ref))
                continue
            }
            guard let owner, Self.refusal(entry, owner) == nil else {
                let reason = owner.flatMap { Self.refusal(entry, $0) }
                refused.append(
                    .init(
                        entry: entry.seq, ref: ref,
                        reason: reason ?? "no plugin that runs here brings a \(ref.noun) back"))
                continue
            }
            if owner.partActions.contains(entry.action) {
                steps.append(.part(entry, ref, owner))
            } else {
                rules.begin(ref, as: try Self.present(ref, owner, in: tx))
                rules.takeBack(
                    .init(
                        entry: entry.seq, ref: ref, before: owner.compared(entry.before),
                        after: owner.compared(entry.after)))
                steps.append(.record(ref, owner, actions: [entry.action]))
            }
        }
        let conflicts = refused + rules.conflicts
        guard conflicts.isEmpty else { throw RPCError.revertConflicts(conflicts) }
        return (Self.onceEach(steps, rules), rules)
    }

    /// A record that goes does so at its first entry, when all that came later is gone; any other is
    /// brought back at its last.
    private static func onceEach(_ steps: [Step], _ rules: RevertRules) -> [Step] {
        var last: [Ref: Int] = [:]
        var done: [Ref: [String]] = [:]
        for (index, step) in steps.enumerated() {
            guard case .record(let ref, _, let actions) = step else { continue }
            last[ref] = rules.state(of: ref) == nil ? index : last[ref] ?? index
            done[ref, default: []] += actions
        }
        return steps.enumerated().compactMap { index, step in
            guard case .record(let ref, let owner, _) = step else { return step }
            return last[ref] == index ? .record(ref, owner, actions: done[ref] ?? []) : nil
        }
    }

    /// Why nobody can take the entry back; nil when its owner can.
    private static func refusal(_ entry: AuditEntry, _ owner: RecordOwners.Owner) -> String? {
        if let method = owner.record.undoneBy[entry.action] {
            return "\(entry.action) is taken back by \(method)"
        }
        guard owner.reverts != nil else {
            return "the plugin \(owner.plugin) does not run, or brings nothing back"
        }
        guard (owner.actions + owner.partActions).contains(entry.action) else {
            return "the plugin \(owner.plugin) does not take \(entry.action) back"
        }
        return nil
    }

    /// The record as it is now, by its last entry.
    private static func present(
        _ ref: Ref, _ owner: RecordOwners.Owner, in tx: ReadTransaction
    ) throws -> JSON.Object? {
        owner.compared(try RecordPast(ref: ref, actions: owner.actions).newest(in: tx)?.after)
    }

    // MARK: - Rights

    /// Whoever takes a change back does what could be done by the owner's methods.
    private func authorize(_ steps: [Step], _ rules: RevertRules) throws {
        guard let access else { return }
        for method in Set(try steps.flatMap { try methods(of: $0, rules) }).sorted() {
            guard let entry = registry.entry(method) else {
                throw RPCError.forbidden("There is no \(method), whose rights this would take.")
            }
            let attempt = AccessAttempt(
                method: method, owner: entry.owner, effect: entry.declaration.effect, params: [:])
            if let refusal = access.refusal(attempt) { throw refusal }
        }
    }

    private func methods(of step: Step, _ rules: RevertRules) throws -> [String] {
        switch step {
        case .link(let entry, _):
            return [entry.action == CreateLink.name ? DeleteLink.name : CreateLink.name]
        case .part(_, _, let owner): return owner.record.partMethods
        case .record(let ref, let owner, let actions):
            guard rules.state(of: ref) != nil else { return [owner.record.deletion] }
            guard try Self.present(ref, owner, in: tx) != nil else {
                return ["\(owner.record.methods).create"]
            }
            return actions.map(owner.record.method)
        }
    }

    // MARK: - Bringing back

    private func carryOut(_ steps: [Step], _ rules: RevertRules) throws -> [Change] {
        var changes: [Change] = []
        var conflicts: [RevertRules.Conflict] = []
        for step in steps {
            do {
                changes += [try carryOut(step, rules)].compactMap(\.self)
            } catch let error as RPCError {
                conflicts.append(Self.conflict(step, error))
            }
        }
        guard conflicts.isEmpty else { throw RPCError.revertConflicts(conflicts) }
        return changes
    }

    private static func conflict(_ step: Step, _ error: RPCError) -> RevertRules.Conflict {
        let reasons = error.fields.map { "\($0.path): \($0.reason)" }
        let reason = reasons.isEmpty ? error.message : reasons.joined(separator: "; ")
        switch step {
        case .record(let ref, _, _): return .init(entry: 0, ref: ref, reason: reason)
        case .part(let entry, let ref, _), .link(let entry, let ref):
            return .init(entry: entry.seq, ref: ref, reason: reason)
        }
    }

    private func carryOut(_ step: Step, _ rules: RevertRules) throws -> Change? {
        switch step {
        case .link(let entry, let ref): return try restore(link: entry, ref)
        case .part(let entry, let ref, let owner):
            try owner.reverts?.takeBack(
                part: entry.action, of: ref, before: entry.before, after: entry.after, in: tx)
            let changed = RecordChange.differences(
                entry.after?.object ?? [:], entry.before?.object ?? [:])
            return Change(ref: ref, changed: changed, exists: true)
        case .record(let ref, let owner, _):
            let (old, new) = (try Self.present(ref, owner, in: tx), rules.state(of: ref))
            let changed = RecordChange.differences(old ?? [:], new ?? [:])
            guard !changed.isEmpty || (old == nil) != (new == nil) else { return nil }
            try owner.reverts?.restore(ref, to: new, in: tx)
            return Change(ref: ref, changed: changed, exists: new != nil)
        }
    }

    private func restore(link entry: AuditEntry, _ from: Ref) throws -> Change {
        guard let said = entry.after ?? entry.before, let relation = said["relation"]?.string,
            let to = said["to"]?.string.flatMap({ Ref($0) })
        else { throw RPCError.internalError("The entry \(entry.seq) is no link.") }
        let comesBack = entry.action == DeleteLink.name
        if comesBack {
            _ = try CreateLink(from, relation, to).create(tx)
        } else {
            _ = try DeleteLink(from, relation, to).delete(tx)
        }
        return Change(
            ref: from,
            changed: [
                .init(
                    member: "\(relation) \(to)", before: .bool(!comesBack),
                    after: .bool(comesBack))
            ], exists: true)
    }
}

extension RPCError {
    /// What keeps changes from being taken back, all of it.
    fileprivate static func revertConflicts(_ conflicts: [RevertRules.Conflict]) -> RPCError {
        let count = "\(conflicts.count) \(conflicts.count == 1 ? "thing is" : "things are")"
        var error = RPCError.conflict("Nothing was taken back: \(count) in the way.")
        error.fields = conflicts.prefix(100).map { conflict in
            let place = [conflict.ref?.description ?? "entry \(conflict.entry)", conflict.member]
            let values =
                conflict.member == nil
                ? "" : ": was \(text(conflict.expected)), is \(text(conflict.found))"
            return FieldError(
                path: place.compactMap(\.self).joined(separator: " "),
                reason: conflict.reason + values)
        }
        return error
    }

    private static func text(_ value: JSON?) -> String { value?.text ?? "not there" }
}
