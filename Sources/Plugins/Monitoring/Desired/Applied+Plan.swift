internal import OpsCore
internal import OpsJSONRPC

extension Applied {
    /// What a plan says, for people: at most `limit` changes, targets first.
    init(_ plan: DesiredPlan, limit: Int, catalog: CheckCatalog) {
        counts = DesiredCounts(plan)
        let all =
            Self.changes(
                plan.targets, .target, named: \.name, old: \.definition,
                { $0.json.object ?? [:] })
            + Self.changes(
                plan.templates, .template, named: \.name, old: \.template,
                { $0.shown(by: catalog) })
            + Self.changes(
                plan.checks, .check, named: \.name, old: \.definition,
                { $0.written(by: catalog) })
        changes = Array(all.prefix(limit))
        moreChanges = all.count - changes.count
    }

    private static func changes<Wanted, Stored>(
        _ changes: Changes<Wanted, Stored>, _ kind: Change.Kind, named name: (Wanted) -> String,
        old: (Stored) -> Wanted, _ show: (Wanted) -> JSON.Object
    ) -> [Change] {
        let deleted = changes.delete.map { stored in
            Change(
                action: .delete, kind: kind, name: name(old(stored)), before: show(old(stored)))
        }
        let updated = changes.update.map { pair in
            let (before, after) = (show(old(pair.old)), show(pair.new))
            return Change(
                action: .update, kind: kind, name: name(pair.new), before: before.without(after),
                after: after.without(before))
        }
        let created = changes.create.map { new in
            Change(action: .create, kind: kind, name: name(new), after: show(new))
        }
        return deleted + updated + created
    }
}

extension JSON.Object {
    /// The members that `other` does not have, or has with another value.
    fileprivate func without(_ other: JSON.Object) -> JSON.Object {
        JSON.Object(filter { other[$0.key] != $0.value }.map { ($0.key, $0.value) })
    }
}

extension DesiredState {
    /// Writes what there is, so that it can be read again; secrets covered, defaults left out.
    static func export(
        _ watchlist: Watchlist, own: [StoredCheck], catalog: CheckCatalog
    ) -> JSON.Object {
        let targets = watchlist.targets.values.map(\.definition).sorted { $0.name < $1.name }
        let templates = watchlist.templates.values.map(\.template).sorted { $0.name < $1.name }
        let checks = own.map(\.definition).sorted { $0.name < $1.name }
        return [
            "targets": .array(targets.map(\.json)),
            "templates": .array(templates.map { .object($0.shown(by: catalog)) }),
            "checks": .array(checks.map { .object($0.written(by: catalog)) }),
        ]
    }
}

extension CheckDefinition {
    /// The definition as somebody would write it: what is as it would be anyway left out.
    func written(by catalog: CheckCatalog) -> JSON.Object {
        var wish = CreateCheck()
        wish.name = name
        wish.type = type
        wish.intervalMs = intervalMs
        let usual = CheckDefinition(wish).shown(by: catalog)
        let always = ["name", "type"]
        let usualInterval = CreateCheck().intervalMs
        return JSON.Object(
            shown(by: catalog).filter { member in
                if member.key == "interval_ms" { return intervalMs != usualInterval }
                return always.contains(member.key) || usual[member.key] != member.value
            }.map { ($0.key, $0.value) })
    }
}
