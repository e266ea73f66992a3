internal import OpsCore
internal import OpsJSONRPC

/// What becomes of the checks that templates make, when targets or templates change.
///
/// Only pairs in which one of the two changes are looked at.
struct MadeChecks: Sendable {
    /// A check that has to be made; target and template stand by their places in the plan, because
    /// new ones have no numbers yet.
    struct New: Sendable {
        var target: Int
        var template: Int
        var check: CheckDefinition
    }

    /// A check that has to be changed.
    struct Changed: Sendable {
        var id: Int
        var check: CheckDefinition
    }

    private(set) var create: [New] = []
    private(set) var update: [Changed] = []
    private(set) var delete: [Int] = []

    /// A target or a template in the plan: how it will be and how it was.
    struct Place<Value: Sendable>: Sendable {
        var id: Int?
        var old: Value?
        var new: Value
        var isChanged: Bool
    }

    let targets: [Place<TargetDefinition>]
    let templates: [Place<CheckTemplate>]

    /// Works it out.
    ///
    /// - Throws: `invalid_params` when a template makes no sense for a target that it matches, named
    ///   by `path`.
    init(
        _ targets: Changes<TargetDefinition, StoredTarget>,
        _ templates: Changes<CheckTemplate, StoredTemplate>, made: [Int: [Int: Int]],
        _ reader: CheckReader, path: (CheckTemplate) -> String
    ) throws(RPCError) {
        self.targets = Self.places(targets, id: \.id, value: \.definition)
        self.templates = Self.places(templates, id: \.id, value: \.template)
        for target in targets.delete { delete += (made[target.id] ?? [:]).values.sorted() }
        for (number, target) in self.targets.enumerated() {
            let existing = target.id.flatMap { made[$0] } ?? [:]
            for template in templates.delete {
                if let id = existing[template.id] { delete.append(id) }
            }
            let labels = target.new.checkLabels
            for (place, template) in self.templates.enumerated()
            where target.isChanged || template.isChanged {
                let id = template.id.flatMap { existing[$0] }
                guard template.new.selector.accepts(labels) else {
                    if let id { delete.append(id) }
                    continue
                }
                let check = try Self.check(template.new, target.new, labels, reader, path)
                try decide(check, id, target, template, number, place, reader)
            }
        }
    }

    private mutating func decide(
        _ check: CheckDefinition, _ id: Int?, _ target: Place<TargetDefinition>,
        _ template: Place<CheckTemplate>, _ number: Int, _ place: Int, _ reader: CheckReader
    ) throws(RPCError) {
        guard let id, let oldTarget = target.old, let oldTemplate = template.old else {
            return create.append(New(target: number, template: place, check: check))
        }
        let old = try? oldTemplate.check(
            for: oldTarget, labels: oldTarget.checkLabels, by: reader.catalog)
        if old?.type != check.type {
            // The history of a check says nothing about one that looks at something else.
            delete.append(id)
            create.append(New(target: number, template: place, check: check))
        } else if old != check {
            update.append(Changed(id: id, check: check))
        }
    }

    private static func check(
        _ template: CheckTemplate, _ target: TargetDefinition, _ labels: [String: String],
        _ reader: CheckReader, _ path: (CheckTemplate) -> String
    ) throws(RPCError) -> CheckDefinition {
        do {
            let check = try template.check(for: target, labels: labels, by: reader.catalog)
            try reader.validate(check)
            return check
        } catch {
            let wrong = error.moved(under: path(template)).fields.map { field in
                RPCError.FieldError(
                    path: field.path, reason: "\(field.reason) (for the target \"\(target.name)\")")
            }
            throw .badMembers(wrong)
        }
    }

    private static func places<Value, Stored>(
        _ changes: Changes<Value, Stored>, id: (Stored) -> Int, value: (Stored) -> Value
    ) -> [Place<Value>] {
        changes.unchanged.map {
            Place(id: id($0), old: value($0), new: value($0), isChanged: false)
        }
            + changes.update.map {
                Place(id: id($0.old), old: value($0.old), new: $0.new, isChanged: true)
            }
            + changes.create.map { Place(id: nil, old: nil, new: $0, isChanged: true) }
    }
}
