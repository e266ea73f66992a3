internal import OpsCore
internal import OpsJSONRPC

extension RuleDefinition {
    private static let fields = FieldSet(CreateRule.self)

    /// Takes what the caller said.
    init(_ wish: CreateRule) {
        self.init(
            name: wish.name, comment: wish.comment,
            query: RuleQuery(
                select: wish.select, aggregation: wish.aggregation, quantile: wish.quantile,
                windowMs: wish.windowMs, offsetMs: 0),
            across: wish.across, by: wish.by, against: wish.against, combine: wish.combine,
            condition: wish.condition, threshold: wish.threshold,
            clearThreshold: wish.clearThreshold, forMs: wish.forMs,
            keepFiringForMs: wish.keepFiringForMs, onMissing: wish.onMissing,
            severity: wish.severity, labels: wish.labels, annotations: wish.annotations,
            intervalMs: wish.intervalMs, maxInstances: wish.maxInstances, paused: wish.paused)
    }

    /// The definition with the given changes.
    ///
    /// The members are those of `rule.create`; null takes one back to its default. They were
    /// declared with the parameters, so that what is wrong with one is known already.
    func applying(_ change: UpdateRule) throws(RPCError) -> RuleDefinition {
        var members = wish
        for (name, value) in change.members { members[name] = value }
        return RuleDefinition(try Self.fields.decode(members))
    }

    /// Reads what the store holds; members that are younger than the row have their defaults.
    init(stored: JSON.Object) throws(RPCError) {
        self.init(try Self.fields.decode(Self.wish(stored)))
    }

    /// The members of `rule.create` that make this definition.
    private var wish: JSON.Object {
        // Everything here has a JSON form; a definition was decoded from one.
        (try? JSON(encoding: self).object).map(Self.wish) ?? [:]
    }

    private static func wish(_ own: JSON.Object) -> JSON.Object {
        let query = own["query"]?.object ?? [:]
        var wish = own
        wish["query"] = nil
        for name in ["select", "aggregation", "quantile", "window_ms"] { wish[name] = query[name] }
        return wish
    }
}
