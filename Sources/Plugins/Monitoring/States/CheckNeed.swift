internal import OpsJSONRPC

/// Another check that a check names: a parent, or a member of a composite.
struct CheckNeed: Sendable, Equatable {
    /// Where it says so, such as `parents[0]`.
    var path: String
    /// The other's name or ref.
    var key: String
}

extension CheckDefinition {
    /// The members that may name other checks; most checks have none of them.
    var mayNeedOthers: Bool { type == CompositeCheck.kind || policy["parents"] != nil }

    /// The checks that it names.
    var needs: [CheckNeed] {
        var needs: [CheckNeed] = []
        for (index, group) in (policy["parents"]?.array ?? []).enumerated() {
            if let name = group.string {
                needs.append(CheckNeed(path: "parents[\(index)]", key: name))
            }
            for (place, name) in (group["any_of"]?.array ?? []).enumerated() {
                guard let name = name.string else { continue }
                needs.append(CheckNeed(path: "parents[\(index)].any_of[\(place)]", key: name))
            }
        }
        for (index, name) in countedChecks.enumerated() {
            needs.append(CheckNeed(path: "checks[\(index)]", key: name))
        }
        return needs
    }

    /// The members that a composite names.
    var countedChecks: [String] {
        guard type == CompositeCheck.kind else { return [] }
        return members["checks"]?.array?.compactMap(\.string) ?? []
    }

    /// Which labels the further members of a composite have.
    var countedLabels: LabelSelector? {
        guard type == CompositeCheck.kind, let text = members["select"]?.string else { return nil }
        // One that cannot be read is refused where the members are.
        return try? LabelSelector(text, member: "select")
    }
}
