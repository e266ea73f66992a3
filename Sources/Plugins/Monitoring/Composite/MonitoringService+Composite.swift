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
                let kind = check.kind as? CompositeCheck, counts(member, in: kind)
            else { continue }
            // Those of a file may decide about each other; that ends here.
            guard deciding.insert(composite).inserted else { continue }
            begin(composite)
            deciding.remove(composite)
        }
    }

    /// Notes whether a check is composite, when it came or changed.
    func noteComposite(_ id: Int) {
        if checks[id]?.kind is CompositeCheck {
            composites.insert(id)
        } else {
            composites.remove(id)
        }
    }

    private func counts(_ member: WatchedCheck, in composite: CompositeCheck) -> Bool {
        let stored = member.stored
        if composite.checks.contains(stored.definition.name)
            || composite.checks.contains(stored.ref.description)
        {
            return true
        }
        return isSelected(member, by: selector(of: composite))
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
        if let selector = selector(of: composite) {
            for (number, check) in checks where isSelected(check, by: selector) {
                ids.insert(number)
            }
        }
        if let id { ids.remove(id) }
        return (ids.sorted(), missing)
    }

    /// Validated already, so it can be read.
    private func selector(of composite: CompositeCheck) -> LabelSelector? {
        (try? composite.selector) ?? nil
    }

    private func isSelected(_ check: WatchedCheck, by selector: LabelSelector?) -> Bool {
        guard let selector, !(check.kind is CompositeCheck) else { return false }
        return selector.accepts(check.stored.definition.labels)
    }
}
