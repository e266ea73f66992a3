internal import OpsCore
internal import OpsJSONRPC

/// Composite checks: decided by the states of others, at once when one of those changes.
extension MonitoringService {
    /// What a composite check says now.
    ///
    /// - Parameter id: The check's own number, where it has one.
    func decide(_ composite: CompositeCheck, of id: Int?) -> CheckResult {
        let found = members(of: composite, id)
        var members = found.ids.compactMap { member -> CompositeRules.Member? in
            guard let check = checks[member] else { return nil }
            let (standing, words) = CompositeRules.standing(
                of: check.status, isPaused: check.stored.isPaused,
                isReachable: check.stored.isReachable)
            return CompositeRules.Member(
                name: check.stored.definition.name, standing: standing, words: words)
        }
        members += found.missing.map {
            CompositeRules.Member(name: $0, standing: .open, words: "gone")
        }
        return CompositeRules.judge(members, need: composite.need, want: composite.want)
    }

    /// Decides anew about the composite checks of which a check is a member.
    func followComposites(of id: Int) {
        guard let member = checks[id] else { return }
        for composite in composites.sorted() where composite != id {
            guard let check = checks[composite], !check.stored.isPaused,
                let kind = check.kind as? CompositeCheck, counts(member, in: kind, composite)
            else { continue }
            // Those of a file may decide about each other; that ends here.
            guard deciding.insert(composite).inserted else { continue }
            begin(composite)
            deciding.remove(composite)
        }
    }

    /// Notes whether a check is composite, when it came or changed.
    func noteComposite(_ check: WatchedCheck) {
        if check.kind is CompositeCheck {
            composites.insert(check.stored.id)
        } else {
            composites.remove(check.stored.id)
        }
    }

    private func counts(
        _ member: WatchedCheck, in composite: CompositeCheck, _ id: Int
    ) -> Bool {
        let stored = member.stored
        if composite.checks.contains(stored.definition.name)
            || composite.checks.contains(stored.ref.description)
        {
            return true
        }
        return selector(of: composite, id).map { isSelected(member, by: $0) } ?? false
    }

    private func members(
        of composite: CompositeCheck, _ id: Int?
    ) -> (ids: [Int], missing: [String]) {
        var ids: Set<Int> = []
        var missing: [String] = []
        for name in composite.checks {
            // A member that was deleted is no error any more.
            if let member = try? resolve(name) { ids.insert(member) } else { missing.append(name) }
        }
        ids.formUnion(selected(by: composite, id))
        if let id { ids.remove(id) }
        return (ids.sorted(), missing)
    }

    /// The checks that a composite selects; looked for again only when definitions have changed.
    private func selected(by composite: CompositeCheck, _ id: Int?) -> [Int] {
        guard let selector = selector(of: composite, id) else { return [] }
        if let id, let found = selections[id]?.found, found.mark == definitionsMark {
            return found.ids
        }
        let ids = checks.all.filter { isSelected($0, by: selector) }.map(\.stored.id)
        if let id { selections[id]?.found = (definitionsMark, ids) }
        return ids
    }

    private func selector(of composite: CompositeCheck, _ id: Int?) -> LabelSelector? {
        if let id, let known = selections[id] { return known.selector }
        // Validated already, so it can be read.
        guard let selector = (try? composite.selector) ?? nil else { return nil }
        if let id { selections[id] = Selection(selector: selector) }
        return selector
    }

    private func isSelected(_ check: WatchedCheck, by selector: LabelSelector) -> Bool {
        !(check.kind is CompositeCheck) && selector.accepts(check.stored.definition.labels)
    }

    /// What a composite selects.
    struct Selection {
        let selector: LabelSelector
        /// What was found, and by the definitions of which mark.
        var found: (mark: Int, ids: [Int])?
    }
}
