internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// The targets and templates that there are, and the checks that they make together.
struct Watchlist: Sendable {
    private(set) var targets: [Int: StoredTarget] = [:]
    private(set) var templates: [Int: StoredTemplate] = [:]
    private var targetIDs: [String: Int] = [:]
    private var templateIDs: [String: Int] = [:]
    /// The checks of each target by their templates.
    private(set) var made: [Int: [Int: Int]] = [:]
    /// The checks whose target or template cannot be read: all that is known of them is that they go
    /// with the other one.
    private(set) var unread: [CheckMaker: Int] = [:]

    mutating func set(_ target: StoredTarget) {
        if let old = targets[target.id] { targetIDs[old.definition.name] = nil }
        targets[target.id] = target
        targetIDs[target.definition.name] = target.id
    }

    mutating func set(_ template: StoredTemplate) {
        if let old = templates[template.id] { templateIDs[old.template.name] = nil }
        templates[template.id] = template
        templateIDs[template.template.name] = template.id
    }

    /// Forgets targets and templates with the checks that they make, those included that are unread.
    mutating func remove(targets goneTargets: [Int], templates goneTemplates: [Int]) {
        for id in goneTargets { removeTarget(id) }
        for id in goneTemplates { removeTemplate(id) }
        // Once for all of them: thousands of targets may go, and thousands of checks be unread.
        let (withTargets, withTemplates) = (Set(goneTargets), Set(goneTemplates))
        unread = unread.filter { maker, _ in
            !withTargets.contains(maker.target) && !withTemplates.contains(maker.template)
        }
    }

    private mutating func removeTarget(_ id: Int) {
        guard let old = targets.removeValue(forKey: id) else { return }
        targetIDs[old.definition.name] = nil
        made[id] = nil
    }

    private mutating func removeTemplate(_ id: Int) {
        guard let old = templates.removeValue(forKey: id) else { return }
        templateIDs[old.template.name] = nil
        for target in made.keys { made[target]?[id] = nil }
    }

    /// Takes a made check in; one of which the target or the template could not be read is kept as it
    /// is, as long as the other one is there.
    mutating func add(_ check: Int, of maker: CheckMaker) {
        guard targets[maker.target] != nil, templates[maker.template] != nil else {
            return unread[maker] = check
        }
        made[maker.target, default: [:]][maker.template] = check
    }

    /// Forgets a check, unless another one has taken its place.
    mutating func remove(_ maker: CheckMaker, check: Int) {
        if unread[maker] == check { unread[maker] = nil }
        guard made[maker.target]?[maker.template] == check else { return }
        made[maker.target]?[maker.template] = nil
    }

    /// Finds a target by its name.
    func target(named name: String) -> StoredTarget? { targetIDs[name].flatMap { targets[$0] } }

    /// Finds a template by its name.
    func template(named name: String) -> StoredTemplate? {
        templateIDs[name].flatMap { templates[$0] }
    }

    /// Finds a made check by its name, `TARGET/TEMPLATE`.
    func check(named name: String) -> Int? {
        guard let slash = name.firstIndex(of: "/"),
            let target = targetIDs[String(name[..<slash])],
            let template = templateIDs[String(name[name.index(after: slash)...])]
        else { return nil }
        return made[target]?[template]
    }

    /// How many checks there are for a target.
    func checks(ofTarget id: Int) -> Int { made[id]?.count ?? 0 }

    /// How many checks a template makes.
    func checks(ofTemplate id: Int) -> Int { made.values.count { $0[id] != nil } }
}

extension Watchlist {
    /// Reads what the store holds.
    init(stored tx: ReadTransaction, _ reader: CheckReader, _ logger: Logger) throws {
        for target in try tx.records(of: "monitoring_target", logger, StoredTarget.init(row:)) {
            set(target)
        }
        let templates = try tx.records(of: "monitoring_template", logger) {
            try StoredTemplate(row: $0, reader)
        }
        for template in templates { set(template) }
    }

    /// A stored check with what its template and its target say.
    func completed(_ stored: StoredCheck) -> StoredCheck {
        guard let maker = stored.maker, let check = definition(madeBy: maker) else { return stored }
        var stored = stored
        stored.definition = check
        return stored
    }

    /// The same; nil while its template or its target cannot be read, which alone say what it is.
    func completed(_ pending: PendingCheck) -> StoredCheck? {
        definition(madeBy: pending.maker).map(pending.stored)
    }

    private func definition(madeBy maker: CheckMaker) -> CheckDefinition? {
        guard let target = targets[maker.target]?.definition,
            let template = templates[maker.template]?.template
        else { return nil }
        return try? template.check(for: target)
    }
}

/// What makes a check: a template, for a target.
struct CheckMaker: Sendable, Hashable {
    var target: Int
    var template: Int
}
