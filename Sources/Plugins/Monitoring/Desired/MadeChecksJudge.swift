internal import OpsCore
internal import OpsJSONRPC

/// Judges checks that templates make, and nothing twice.
struct MadeChecksJudge {
    /// A value that a target filled a member with.
    private struct Filled: Hashable {
        let type: String
        let member: String
        let value: JSON
    }

    private let reader: CheckReader
    /// Templates of which a check was found good that speaks for the others.
    private var good: Set<ObjectIdentifier> = []
    /// What was found good for the target that was looked at last.
    private var filled: Set<Filled> = []
    private var target: ObjectIdentifier?

    init(_ reader: CheckReader) { self.reader = reader }

    /// - Throws: `invalid_params` when the check makes no sense.
    mutating func judge(
        _ check: CheckDefinition, of template: CheckTemplate, for target: TargetDefinition
    ) throws(RPCError) {
        if self.target != ObjectIdentifier(target) {
            self.target = ObjectIdentifier(target)
            filled = []
        }
        guard good.contains(ObjectIdentifier(template)) else {
            try reader.validate(check)
            // The members of a policy depend on each other.
            if !template.fillsPolicy,
                reader.catalog.areIndependent(template.places, of: template.type)
            {
                good.insert(ObjectIdentifier(template))
            }
            return
        }
        try judgeLabels(of: template, for: target)
        for name in template.places {
            guard let value = template.member(name, for: target) else { continue }
            let place = Filled(type: template.type, member: name, value: value)
            guard !filled.contains(place) else { continue }
            try reader.catalog.judge(value, as: name, of: template.type)
            filled.insert(place)
        }
    }

    /// The labels of both were held against the rules already, but for those that are filled.
    private func judgeLabels(
        of template: CheckTemplate, for target: TargetDefinition
    ) throws(RPCError) {
        let most = target.checkLabels.count + template.check.labels.count
        guard template.fillsLabels || most > CheckDefinition.maxLabels else { return }
        let wrong = CheckDefinition.badLabels(template.labels(for: target))
        guard wrong.isEmpty else { throw .badMembers(wrong) }
    }
}
