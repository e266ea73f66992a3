internal import OpsCore
internal import OpsJSONRPC

/// Holds a ``DesiredPlan`` against ``DependencyRules``: what there will be once it is carried out.
///
/// What is costly is worked out only when something asks for it; a plan in which no check names
/// another costs one look at each that changes.
final class PlannedDependencies {
    /// What there is before.
    struct Before: Sendable {
        var watchlist: Watchlist
        /// The checks that no template makes, those of `plugins.json` included.
        var own: [StoredCheck]
        var dependents: Dependents
        var counted: Dependents
    }

    /// What makes a check.
    private typealias Pair = (target: TargetDefinition, template: CheckTemplate)

    private let plan: DesiredPlan
    private let before: Before

    init(_ plan: DesiredPlan, over before: Before) {
        self.plan = plan
        self.before = before
    }

    /// - Throws: `invalid_params` with paths in the file, or `conflict` when others need what goes.
    func judge() throws(RPCError) {
        let changed = changedOwn.keys.sorted() + changedMade.keys.sorted()
        if !changed.isEmpty {
            let world = DependencyRules.World(
                name: name(of:), definition: definition(of:), dependents: dependents())
            let wrong = DependencyRules.complaints(about: changed, in: world)
            guard wrong.isEmpty else { throw .badMembers(wrong.map(field)) }
        }
        try refuseLosses()
    }

    /// Says where in the file a mistake is.
    private func field(_ complaint: DependencyRules.Complaint) -> RPCError.FieldError {
        let field = complaint.field
        guard let pair = changedMade[complaint.check]?.pair else {
            return .init(
                path: "\(plan.places.path(ofCheck: complaint.check)).\(field.path)",
                reason: field.reason)
        }
        return .init(
            path: "\(plan.places.path(of: pair.template)).\(field.path)",
            reason: "\(field.reason) (for the target \"\(pair.target.name)\")")
    }

    // MARK: - What changes

    /// The changed checks that may name others, by their names.
    private lazy var changedOwn: [String: CheckDefinition] = {
        let all = plan.checks.create + plan.checks.update.map(\.new)
        return Dictionary(
            all.filter(\.mayNeedOthers).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }()

    private lazy var changedMade: [String: (check: CheckDefinition, pair: Pair)] = {
        var changed: [String: (check: CheckDefinition, pair: Pair)] = [:]
        for new in plan.made.create where new.check.mayNeedOthers {
            changed[new.check.name] = (new.check, pair(new.target, new.template))
        }
        for new in plan.made.update where new.check.mayNeedOthers {
            changed[new.check.name] = (new.check, pair(new.target, new.template))
        }
        return changed
    }()

    private func pair(_ target: Int, _ template: Int) -> Pair {
        (plan.made.targets[target].new, plan.made.templates[template].new)
    }

    // MARK: - What there will be

    private lazy var own: [String: CheckDefinition] = {
        let replaced = Set(plan.checks.delete.map(\.id) + plan.checks.update.map(\.old.id))
        var own: [String: CheckDefinition] = [:]
        for check in before.own where !replaced.contains(check.id) {
            own[check.definition.name] = check.definition
        }
        for new in plan.checks.create + plan.checks.update.map(\.new) { own[new.name] = new }
        return own
    }()

    /// A plan holds only what it is about; all other targets and templates stay.
    private lazy var newTargets = Dictionary(
        (plan.targets.create + plan.targets.update.map(\.new)).map { ($0.name, $0) },
        uniquingKeysWith: { $1 })
    private lazy var newTemplates = Dictionary(
        (plan.templates.create + plan.templates.update.map(\.new)).map { ($0.name, $0) },
        uniquingKeysWith: { $1 })
    /// What targets and templates that change will be called, by number; nil for those that go.
    private lazy var targetNames: [Int: String?] = {
        var names = Dictionary(
            plan.targets.update.map { ($0.old.id, String?.some($0.new.name)) },
            uniquingKeysWith: { $1 })
        for gone in plan.targets.delete { names[gone.id] = .some(nil) }
        return names
    }()
    private lazy var templateNames: [Int: String?] = {
        var names = Dictionary(
            plan.templates.update.map { ($0.old.id, String?.some($0.new.name)) },
            uniquingKeysWith: { $1 })
        for gone in plan.templates.delete { names[gone.id] = .some(nil) }
        return names
    }()

    private func target(named name: String) -> TargetDefinition? {
        if let new = newTargets[name] { return new }
        guard let old = before.watchlist.target(named: name), targetNames[old.id] == nil else {
            return nil
        }
        return old.definition
    }

    private func template(named name: String) -> CheckTemplate? {
        if let new = newTemplates[name] { return new }
        guard let old = before.watchlist.template(named: name), templateNames[old.id] == nil
        else { return nil }
        return old.template
    }

    /// Many checks name the same few.
    private var known: [String: String?] = [:]

    private func name(of key: String) -> String? {
        if let name = known[key] { return name }
        let name = found(key)
        known[key] = .some(name)
        return name
    }

    private func found(_ key: String) -> String? {
        if own[key] != nil || pair(named: key) != nil { return key }
        guard let ref = Ref(key), ref.noun == "check" else { return nil }
        return Int(ref.key).flatMap { names(of: [$0]).first }
    }

    private func pair(named name: String) -> Pair? {
        guard let slash = name.firstIndex(of: "/"),
            let target = target(named: String(name[..<slash])),
            let template = template(named: String(name[name.index(after: slash)...])),
            template.selector.accepts(target.checkLabels)
        else { return nil }
        return (target, template)
    }

    private func definition(of name: String) -> CheckDefinition? {
        if let check = changedMade[name]?.check ?? own[name] { return check }
        guard let (target, template) = pair(named: name) else { return nil }
        // It was made already, so it can be made.
        return try? template.check(for: target)
    }

    /// The checks that may depend on a composite which selects by labels.
    private func dependents() -> [String] {
        let templates = newTemplates.values + before.watchlist.templates.values.map(\.template)
        let all = own.values + templates.map(\.check)
        guard all.contains(where: { $0.countedLabels != nil }) else { return [] }
        let changed = Set(changedOwn.keys).union(changedMade.keys)
        // What a composite selects may lead to a check that changes, and that one back to it.
        var open = Array(before.dependents.children(of: Array(changed)))
        open += plan.checks.update.map(\.old.id) + plan.made.update.map(\.id) + composites
        var found = Set(open)
        while let id = open.popLast() {
            for child in before.dependents.children(of: formerKeys(of: id))
            where found.insert(child).inserted {
                open.append(child)
            }
        }
        return changed.union(names(of: found))
            .filter { definition(of: $0)?.type != CompositeCheck.kind }.sorted()
    }

    /// The composites that there are.
    private var composites: [Int] {
        let own = before.own.filter { $0.definition.type == CompositeCheck.kind }.map(\.id)
        let templates = before.watchlist.templates.values
            .filter { $0.template.check.type == CompositeCheck.kind }.map(\.id)
        return own
            + before.watchlist.made.values.flatMap { made in templates.compactMap { made[$0] } }
    }

    /// By what others may name a check that is there already.
    private func formerKeys(of id: Int) -> [String] {
        let made = makers[id].flatMap { maker in
            before.watchlist.targets[maker.target].flatMap { target in
                before.watchlist.templates[maker.template].map { template in
                    "\(target.definition.name)/\(template.template.name)"
                }
            }
        }
        return [StoredCheck.ref(id).description] + [ownNames[id] ?? made].compactMap { $0 }
    }

    // MARK: - Numbers and names

    private lazy var refs = Dictionary(
        before.own.map { ($0.definition.name, $0.id) }, uniquingKeysWith: { $1 })
    private lazy var ownNames = Dictionary(
        before.own.map { ($0.id, $0.definition.name) }, uniquingKeysWith: { $1 })
    private lazy var gone = Set(plan.checks.delete.map(\.id) + plan.made.delete)
    private lazy var makers: [Int: CheckMaker] = {
        var makers: [Int: CheckMaker] = [:]
        for (target, checks) in before.watchlist.made {
            for (template, id) in checks {
                makers[id] = CheckMaker(target: target, template: template)
            }
        }
        return makers
    }()

    /// What checks that there are already will be called; those that go are left out.
    private func names(of ids: some Sequence<Int>) -> [String] {
        ids.filter { !gone.contains($0) }.compactMap { id in
            if let name = ownNames[id] { return name }
            guard let maker = makers[id],
                let target = targetNames[maker.target]
                    ?? before.watchlist.targets[maker.target]?.definition.name,
                let template = templateNames[maker.template]
                    ?? before.watchlist.templates[maker.template]?.template.name
            else { return nil }
            return "\(target)/\(template)"
        }
    }

    // MARK: - What goes

    /// Refuses a plan after which checks that it does not change would name some that are not there.
    private func refuseLosses() throws(RPCError) {
        guard plan.takesNames else { return }
        var fields: [RPCError.FieldError] = []
        for key in Set(before.dependents.wanted).union(before.counted.wanted).sorted()
        where name(of: key) == nil && wasThere(key) {
            let children = before.dependents.children(of: [key])
                .union(before.counted.children(of: [key]))
            let others = names(of: children).filter {
                changedOwn[$0] == nil && changedMade[$0] == nil
            }
            let places = others.compactMap { field(key, in: $0) }
            fields += places.filter { !fields.contains($0) }.prefix(1)
            guard others.isEmpty || !places.isEmpty else {
                throw MonitoringService.loss(
                    of: key, to: others, "Take it out of their parents and checks first.")
            }
        }
        guard fields.isEmpty else { throw .badMembers(fields) }
    }

    private func wasThere(_ key: String) -> Bool {
        if refs[key] != nil || before.watchlist.check(named: key) != nil { return true }
        guard let ref = Ref(key), ref.noun == "check", let id = Int(ref.key) else { return false }
        return ownNames[id] != nil || makers[id] != nil
    }

    /// Where in the file a check names another; nil when it is not in the file.
    private func field(_ key: String, in check: String) -> RPCError.FieldError? {
        guard let need = definition(of: check)?.needs.first(where: { $0.key == key }) else {
            return nil
        }
        let template = pair(named: check)?.template.name
        let place =
            template.map { plan.places.templates[$0].map { "templates[\($0)]" } }
            ?? plan.places.checks[check].map { "checks[\($0)]" }
        return place.map {
            .init(path: "\($0).\(need.path)", reason: "there is no check \"\(key)\" any more")
        }
    }
}

extension DesiredPlan {
    /// Whether names go with it, because records are deleted or called otherwise.
    fileprivate var takesNames: Bool {
        !checks.delete.isEmpty || !made.delete.isEmpty
            || targets.update.contains { $0.old.definition.name != $0.new.name }
            || templates.update.contains { $0.old.template.name != $0.new.name }
    }
}
