internal import OpsCore
internal import OpsJSONRPC

extension SLODefinition {
    private static let fields = FieldSet(CreateSLO.self)

    /// Reads what the caller said, and refuses what does not fit together.
    init(_ wish: CreateSLO) throws(RPCError) {
        name = wish.name
        comment = wish.comment
        objective = wish.objective
        periodDays = wish.periodDays
        labels = wish.labels
        indicator = try SLOIndicator(wish)
        try indicator.validate()
    }

    /// The definition with the given changes.
    ///
    /// The members are those of `slo.create`; null takes one back to its default. When one of an
    /// indicator is given, those of other indicators go.
    func applying(_ change: UpdateSLO) throws(RPCError) -> SLODefinition {
        var members = wish
        let isOther = change.members.contains {
            SLOIndicator.members.contains($0.key) && !$0.value.isNull && members[$0.key] == nil
        }
        if isOther { for name in SLOIndicator.members { members[name] = nil } }
        for (name, value) in change.members { members[name] = value }
        return try SLODefinition(members: members)
    }

    /// Reads what the store holds; members that are younger than the row have their defaults.
    init(stored: JSON.Object) throws {
        var members = stored
        if let indicator = members["indicator"] {
            // What is counted lay in a member of its own once.
            members["indicator"] = nil
            for (name, value) in try indicator.decode(SLOIndicator.self).wish {
                members[name] = value
            }
        }
        try self.init(members: members)
    }

    private init(members: JSON.Object) throws(RPCError) {
        try self.init(try Self.fields.decode(members))
    }

    /// The members of `slo.create` that make this definition.
    var wish: JSON.Object {
        var wish: JSON.Object = [
            "name": .string(name), "comment": .string(comment),
            "objective": .number(JSON.Number(objective)),
            "period_days": .number(JSON.Number(periodDays)),
            "labels": .object(JSON.Object(texts: labels)),
        ]
        for (name, value) in indicator.wish { wish[name] = value }
        return wish
    }
}

extension SLOIndicator {
    /// The members of `slo.create` that say what is counted.
    static let members = [
        "checks", "bad_states", "count_maintenance", "good", "bad", "total", "select",
        "condition", "threshold",
    ]

    init(_ wish: CreateSLO) throws(RPCError) {
        let kinds = [wish.checks != nil, wish.total != nil, wish.select != nil]
        guard kinds.count(where: { $0 }) == 1 else {
            throw .badMember("checks", "or total or select: exactly one says what is counted")
        }
        if let checks = wish.checks {
            let bad = wish.badStates
            guard !bad.isEmpty, !bad.contains(.ok), !bad.contains(.pending) else {
                throw .badMember("bad_states", "are some of warning, critical and unknown")
            }
            self = .checks(
                select: checks, badStates: bad, countsMaintenance: wish.countMaintenance)
        } else if let total = wish.total {
            guard (wish.good == nil) != (wish.bad == nil), let part = wish.good ?? wish.bad else {
                throw .badMember("good", "is required beside total, or bad, but not both")
            }
            self = .ratio(part: part, isGood: wish.good != nil, total: total)
        } else {
            guard let condition = wish.condition, let threshold = wish.threshold else {
                throw .badMembers([
                    .init(path: "condition", reason: "and threshold are required beside select")
                ])
            }
            self = .samples(
                select: wish.select ?? "", condition: condition, threshold: threshold)
        }
    }

    /// Refuses selectors that cannot be read.
    func validate() throws(RPCError) {
        if case .checks(let select, _, _) = self {
            _ = try LabelSelector(select, member: "checks")
        }
        for (path, select) in selectors {
            do throws(SeriesError) {
                _ = try LabelTest(try SeriesSelector.parse(select))
            } catch {
                throw .badMember(path, "\(error)")
            }
        }
    }

    /// The selectors of series, by the members that hold them.
    private var selectors: [(path: String, select: String)] {
        switch self {
        case .checks: []
        case .ratio(let part, let isGood, let total):
            [(isGood ? "good" : "bad", part), ("total", total)]
        case .samples(let select, _, _): [("select", select)]
        }
    }

    /// The members of `slo.create` that make this indicator.
    var wish: JSON.Object {
        switch self {
        case .checks(let select, let states, let countsMaintenance):
            [
                "checks": .string(select),
                "bad_states": .array(states.map { .string($0.rawValue) }),
                "count_maintenance": .bool(countsMaintenance),
            ]
        case .ratio(let part, let isGood, let total):
            [isGood ? "good" : "bad": .string(part), "total": .string(total)]
        case .samples(let select, let condition, let threshold):
            [
                "select": .string(select), "condition": .string(condition.rawValue),
                "threshold": .number(JSON.Number(threshold)),
            ]
        }
    }
}
