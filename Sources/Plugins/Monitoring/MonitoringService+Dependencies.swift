internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// What may depend on what, as ``DependencyRules`` decide; for targets, templates and desired states
/// see ``PlannedDependencies``.
extension MonitoringService {
    /// Refuses a definition that names checks which are not there, or that would depend on itself.
    ///
    /// - Parameter id: The check that is to be as the definition says; nil for a new one.
    func refuseDependencies(
        of definition: CheckDefinition, replacing id: Int?
    ) throws(RPCError) {
        guard definition.mayNeedOthers else { return }
        let wrong = DependencyRules.complaints(
            about: [definition.name], in: world(with: definition, replacing: id))
        guard wrong.isEmpty else { throw .badMembers(wrong.map(\.field)) }
    }

    private func world(
        with definition: CheckDefinition, replacing id: Int?
    ) -> DependencyRules.World {
        DependencyRules.World(
            name: { key in
                if key == definition.name { return key }
                guard let found = self.find(key) else { return nil }
                guard found == id else { return self.checks[found]?.stored.definition.name }
                // It is called otherwise from now on; its ref stays.
                return key == StoredCheck.ref(found).description ? definition.name : nil
            },
            definition: { name in
                name == definition.name
                    ? definition : self.find(name).flatMap { self.checks[$0]?.stored.definition }
            },
            dependents: dependents(onChanged: [definition.name], replacing: id.map { [$0] } ?? [])
        )
    }

    /// The checks that may depend on a composite once some are changed: what a composite selects may
    /// lead to one that changes, and that one back to the composite.
    private func dependents(onChanged names: [String], replacing ids: Set<Int>) -> [String] {
        // Others may name what is not there yet, or not any more.
        let changed = ids.union(dependents.children(of: names))
        let others = descendants(of: composites.union(changed)).subtracting(composites)
            .subtracting(ids)
        return others.sorted().compactMap { checks[$0]?.stored.definition.name } + names
    }

    // MARK: - What others still need

    static let renameHint =
        "Name it by its ref there, which stays, or take it out of their parents and checks first."
    static let deleteHint =
        "Take it out of their parents and checks first, or delete it with force."

    /// Refuses a change after which other checks would name one that is not there.
    func refuseLoss(of id: Int, _ keys: [String], hint: String) throws(RPCError) {
        let others = dependents.children(of: keys).union(counted.children(of: keys))
            .subtracting([id])
        guard !others.isEmpty, let name = checks[id]?.stored.definition.name else { return }
        throw Self.loss(
            of: name, to: others.compactMap { checks[$0]?.stored.definition.name }, hint)
    }

    /// Says that other checks name one that would not be there any more.
    static func loss(of name: String, to others: [String], _ hint: String) -> RPCError {
        let some = others.sorted().prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
        let more = others.count > 10 ? " and \(others.count - 10) more" : ""
        return .conflict("\"\(name)\" is named by \(some)\(more).", hint: hint)
    }

    // MARK: - The file

    /// Refuses a list of `plugins.json` by the same rule.
    ///
    /// Only what is new in it is refused. What is missing to a check that stays went by force, or cannot
    /// be read any more: that is said, and everything else still runs.
    ///
    /// A check that the file no longer has and others still name can be given up by them only while
    /// the process runs. So a reload is refused then, and a start says it and goes on.
    func judgeDependencies(
        of desired: [CheckDefinition], _ plan: DesiredChecks.Plan
    ) throws(RPCError) {
        let wanted = Dictionary(desired.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let gone = Set(plan.delete)
        let complaints = complaints(about: desired, wanted, gone)
        let touched = touched(by: plan)
        try DesiredChecks.refuse(complaints.filter { touched.contains($0.check) }, desired)
        for complaint in complaints where !isRunning && !touched.contains(complaint.check) {
            tools.logger.error(
                "a check of plugins.json needs what is not there; that counts as up",
                metadata: [
                    "check": "\(complaint.check)", "field": "\(complaint.field.path)",
                    "error": "\(complaint.field.reason)",
                ])
        }
        for id in plan.delete {
            guard let check = checks[id]?.stored else { continue }
            let isReplaced = wanted[check.definition.name] != nil
            try refuseLoss(
                ofFileCheck: check,
                keys: [check.ref.description]
                    + (isReplaced ? [] : [check.definition.name]), gone, wanted)
        }
    }

    /// The checks that change, and those that name one that goes.
    private func touched(by plan: DesiredChecks.Plan) -> Set<String> {
        let keys = plan.delete.compactMap { checks[$0]?.stored }.flatMap {
            [$0.definition.name, $0.ref.description]
        }
        let bereft = dependents.children(of: keys).union(counted.children(of: keys))
        return Set((plan.create + plan.update.map(\.to)).map(\.name))
            .union(bereft.compactMap { checks[$0]?.stored.definition.name })
    }

    /// What is wrong with the checks of a list.
    private func complaints(
        about desired: [CheckDefinition], _ wanted: [String: CheckDefinition], _ gone: Set<Int>
    ) -> [DependencyRules.Complaint] {
        let world = DependencyRules.World(
            name: { key in
                if wanted[key] != nil { return key }
                guard let id = self.find(key), !gone.contains(id) else { return nil }
                return self.checks[id]?.stored.definition.name
            },
            definition: { name in
                wanted[name] ?? self.find(name).flatMap { self.checks[$0]?.stored.definition }
            },
            dependents: dependents(
                onChanged: desired.map(\.name), replacing: Set(desired.compactMap { find($0.name) })
            ))
        return DependencyRules.complaints(about: desired.map(\.name), in: world)
    }

    private func refuseLoss(
        ofFileCheck check: StoredCheck, keys: [String], _ gone: Set<Int>,
        _ wanted: [String: CheckDefinition]
    ) throws(RPCError) {
        let others = dependents.children(of: keys).union(counted.children(of: keys))
            .subtracting(gone).compactMap { checks[$0]?.stored.definition.name }
            .filter { wanted[$0] == nil }
        guard !others.isEmpty else { return }
        let error = Self.loss(
            of: check.definition.name, to: others,
            "Take it out of their parents and checks before it leaves plugins.json.")
        guard !isRunning else { throw error }
        tools.logger.error(
            "a check that left plugins.json is still needed; it counts as up until it is named no more",
            metadata: ["check": "\(check.definition.name)", "by": "\(error.message)"])
    }
}
