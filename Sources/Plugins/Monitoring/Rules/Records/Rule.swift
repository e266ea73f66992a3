internal import OpsCore
internal import OpsJSONRPC

/// A rule as callers see it: what was asked for, and where it stands.
struct Rule: Codable, Sendable {
    var ref: Ref
    var name: String
    var comment: String
    var state: State
    var severity: RuleDefinition.Severity
    /// How many alerts are in which state.
    var pending: Int
    var firing: Int
    var unknown: Int
    var select: String
    var aggregation: QueryMetrics.Aggregate
    var quantile: Double?
    var windowMs: Int
    var across: RuleDefinition.Joint?
    var by: [String]
    var against: RuleOperand?
    var combine: RuleDefinition.Combination?
    var condition: RuleDefinition.Condition
    var threshold: Double
    var clearThreshold: Double?
    var forMs: Int
    var keepFiringForMs: Int
    var onMissing: RuleDefinition.MissingPolicy
    var labels: [String: String]
    var annotations: [String: String]
    var intervalMs: Int
    var maxInstances: Int
    var paused: Bool
    var lastEvaluatedAt: Instant?
    /// Why the last evaluation came to nothing.
    var error: String?
    var nextEvaluationAt: Instant?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    /// The worst of a rule's alerts, or why there are none.
    enum State: String, Codable, CaseIterable, Sendable {
        case ok, pending, firing, unknown
        /// The last evaluation failed; alerts stay as they are.
        case failing
        case paused
    }
}

extension Rule {
    init(_ stored: StoredRule, _ watched: WatchedRule?, nextAt: Instant?) {
        let wish = stored.definition
        let alerts = watched.map { Array($0.alerts.values) } ?? []
        ref = stored.ref
        name = wish.name
        comment = wish.comment
        severity = wish.severity
        pending = alerts.count { $0.state == .pending }
        firing = alerts.count { $0.state == .firing }
        unknown = alerts.count { $0.state == .unknown }
        state =
            wish.paused
            ? .paused
            : watched?.error != nil
                ? .failing
                : firing > 0 ? .firing : unknown > 0 ? .unknown : pending > 0 ? .pending : .ok
        select = wish.query.select
        aggregation = wish.query.aggregation
        quantile = wish.query.quantile
        windowMs = wish.query.windowMs
        across = wish.across
        by = wish.by
        against = wish.against
        combine = wish.against == nil ? nil : wish.combine
        condition = wish.condition
        threshold = wish.threshold
        clearThreshold = wish.clearThreshold
        forMs = wish.forMs
        keepFiringForMs = wish.keepFiringForMs
        onMissing = wish.onMissing
        labels = wish.labels
        annotations = wish.annotations
        intervalMs = wish.intervalMs
        maxInstances = wish.maxInstances
        paused = wish.paused
        lastEvaluatedAt = watched?.lastEvaluatedAt
        error = watched?.error
        nextEvaluationAt = nextAt
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        generation = stored.generation
    }
}
