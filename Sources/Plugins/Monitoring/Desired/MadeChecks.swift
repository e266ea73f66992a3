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
        var target: Int
        var template: Int
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

    /// Works it out; whether the checks can be is for ``validate(_:path:)`` to say.
    ///
    /// - Throws: `invalid_params` when a target lacks what a template asks for, named by `path`.
    init(
        _ targets: Changes<TargetDefinition, StoredTarget>,
        _ templates: Changes<CheckTemplate, StoredTemplate>, over watchlist: Watchlist,
        path: (CheckTemplate) -> String
    ) throws(RPCError) {
        self.targets = Self.places(targets, id: \.id, value: \.definition)
        self.templates = Self.places(templates, id: \.id, value: \.template)
        delete = Self.gone(
            Set(targets.delete.map(\.id)), Set(templates.delete.map(\.id)), of: watchlist)
        // In the order of their names, so that their numbers follow it.
        let names = self.targets.map(\.new.name)
        for number in names.indices.sorted(by: { names[$0] < names[$1] }) {
            try decide(target: number, watchlist.made, path: path)
        }
    }

    /// The checks that go with their targets or their templates.
    private static func gone(
        _ targets: Set<Int>, _ templates: Set<Int>, of watchlist: Watchlist
    ) -> [Int] {
        let unread = watchlist.unread.filter { maker, _ in
            targets.contains(maker.target) || templates.contains(maker.template)
        }
        var gone = Array(unread.values)
        for target in targets { gone += (watchlist.made[target] ?? [:]).values }
        if !templates.isEmpty {
            for (target, checks) in watchlist.made where !targets.contains(target) {
                gone += templates.compactMap { checks[$0] }
            }
        }
        return gone.sorted()
    }

    /// Decides about the checks of a target, where it or their template changes.
    private mutating func decide(
        target number: Int, _ made: [Int: [Int: Int]], path: (CheckTemplate) -> String
    ) throws(RPCError) {
        let target = targets[number]
        let existing = target.id.flatMap { made[$0] } ?? [:]
        let labels = target.new.checkLabels
        for (place, template) in templates.enumerated()
        where target.isChanged || template.isChanged {
            let id = template.id.flatMap { existing[$0] }
            guard template.new.selector.accepts(labels) else {
                if let id { delete.append(id) }
                continue
            }
            let check = try Self.explaining(template.new, target.new, path) {
                () throws(RPCError) in try template.new.check(for: target.new)
            }
            decide(check, id, target, template, number, place)
        }
    }

    private mutating func decide(
        _ check: CheckDefinition, _ id: Int?, _ target: Place<TargetDefinition>,
        _ template: Place<CheckTemplate>, _ number: Int, _ place: Int
    ) {
        guard let id, let oldTarget = target.old, let oldTemplate = template.old else {
            return create.append(New(target: number, template: place, check: check))
        }
        let old = try? oldTemplate.check(for: oldTarget)
        if old?.type != check.type {
            // The history of a check says nothing about one that looks at something else.
            delete.append(id)
            create.append(New(target: number, template: place, check: check))
        } else if old != check {
            update.append(Changed(id: id, target: number, template: place, check: check))
        }
    }

    /// Refuses checks that make no sense.
    ///
    /// - Throws: `invalid_params` for the first that is found, named by `path`.
    func validate(_ reader: CheckReader, path: (CheckTemplate) -> String) throws(RPCError) {
        var judge = MadeChecksJudge(reader)
        for new in create {
            let (target, template) = (targets[new.target].new, templates[new.template].new)
            try Self.explaining(template, target, path) { () throws(RPCError) in
                try judge.judge(new.check, of: template, for: target)
            }
        }
        for changed in update {
            let (target, template) = (targets[changed.target].new, templates[changed.template].new)
            try Self.explaining(template, target, path) { () throws(RPCError) in
                try judge.judge(changed.check, of: template, for: target)
            }
        }
    }

    /// Says in an error which template it is about, and for which target.
    private static func explaining<Value>(
        _ template: CheckTemplate, _ target: TargetDefinition, _ path: (CheckTemplate) -> String,
        _ body: () throws(RPCError) -> Value
    ) throws(RPCError) -> Value {
        do {
            return try body()
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
