internal import OpsCore
internal import OpsJSONRPC

/// The checks that `plugins.json` asks for.
enum DesiredChecks {
    /// Reads the list.
    ///
    /// - Throws: `invalid_params` with paths such as `checks[2].url`.
    static func read(
        _ settings: MonitoringSettings, catalog: CheckCatalog
    ) throws(RPCError) -> [CheckDefinition] {
        let fields = FieldSet(CreateCheck.self, extra: catalog.allFields)
        let limits = CheckLimits(settings)
        var definitions: [CheckDefinition] = []
        var wrong: [RPCError.FieldError] = []
        var names: Set<String> = []
        for (index, json) in settings.checks.enumerated() {
            do throws(RPCError) {
                let definition = CheckDefinition(try fields.decode(json))
                _ = try definition.validated(by: catalog, minIntervalMs: limits.minIntervalMs)
                guard names.insert(definition.name).inserted else {
                    throw .badMember("name", "stands twice in the list")
                }
                definitions.append(definition)
            } catch {
                wrong += error.moved(under: "checks[\(index)]").fields
            }
        }
        guard wrong.isEmpty else { throw .badMembers(wrong) }
        // What is not in the file may be in the store; that is known at the start.
        let own = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let world = DependencyRules.World(
            name: { own[$0]?.name }, definition: { own[$0] },
            dependents: definitions.filter(\.mayNeedOthers).map(\.name))
        try refuse(
            DependencyRules.complaints(about: own.keys.sorted(), in: world, isWhole: false),
            definitions)
        return definitions
    }

    /// Refuses the list because of checks that name each other, by the places of these.
    static func refuse(
        _ complaints: [DependencyRules.Complaint], _ definitions: [CheckDefinition]
    ) throws(RPCError) {
        guard !complaints.isEmpty else { return }
        let wrong = definitions.enumerated().flatMap { index, definition in
            complaints.filter { $0.check == definition.name }.map {
                RPCError.FieldError(
                    path: "checks[\(index)].\($0.field.path)", reason: $0.field.reason)
            }
        }
        throw .badMembers(wrong)
    }

    /// What has to be done so that the store has what the file asks for.
    struct Plan: Sendable {
        var create: [CheckDefinition] = []
        var update: [(id: Int, to: CheckDefinition)] = []
        var delete: [Int] = []

        var isEmpty: Bool { create.isEmpty && update.isEmpty && delete.isEmpty }
    }

    /// What was done.
    struct Outcome: Sendable {
        var created: [StoredCheck] = []
        var updated: [StoredCheck] = []
        var deleted: [Int] = []
    }

    /// Compares the file's checks with those that there are.
    ///
    /// A check of the same name that came by a method becomes the file's. One whose type changed
    /// is another check: its history says nothing about the new one.
    static func plan(_ desired: [CheckDefinition], over stored: [StoredCheck]) -> Plan {
        var plan = Plan()
        var rest = Dictionary(uniqueKeysWithValues: stored.map { ($0.definition.name, $0) })
        for definition in desired {
            guard let old = rest.removeValue(forKey: definition.name) else {
                plan.create.append(definition)
                continue
            }
            if old.definition.type != definition.type {
                plan.delete.append(old.id)
                plan.create.append(definition)
            } else if old.definition != definition || old.origin != .config {
                plan.update.append((old.id, definition))
            }
        }
        plan.delete += rest.values.filter { $0.origin == .config }.map(\.id).sorted()
        return plan
    }
}

extension DesiredChecks.Plan {
    /// Carries the plan out in one transaction; deletions first, because they free names.
    func carryOut(_ writer: CheckWriter, in tx: WriteTransaction) throws -> DesiredChecks.Outcome {
        var outcome = DesiredChecks.Outcome()
        for id in delete {
            if let check = try CheckWriter.load(id, in: tx) { try writer.delete(check, in: tx) }
            outcome.deleted.append(id)
        }
        for (id, definition) in update {
            guard let old = try CheckWriter.load(id, in: tx) else { continue }
            var new = old
            new.definition = definition
            new.origin = .config
            outcome.updated.append(try writer.update(old, to: new, in: tx))
        }
        for definition in create {
            outcome.created.append(try writer.insert(definition, origin: .config, in: tx))
        }
        return outcome
    }
}
