internal import OpsCore
internal import OpsJSONRPC

/// An SLO as callers see it.
struct SLO: Codable, Sendable {
    var ref: Ref
    var name: String
    var comment: String
    var state: SLOStatus.State
    var objective: Double
    var periodDays: Int
    var labels: [String: String]
    var checks: String?
    var badStates: [CheckState]?
    var countMaintenance: Bool?
    var good: String?
    var bad: String?
    var total: String?
    var select: String?
    var condition: RuleDefinition.Condition?
    var threshold: Double?
    var countedSince: Instant
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension SLO {
    init(_ watched: WatchedSLO) {
        let (stored, wish) = (watched.stored, watched.stored.definition)
        ref = stored.ref
        name = wish.name
        comment = wish.comment
        state = SLOStatus(watched).state
        objective = wish.objective
        periodDays = wish.periodDays
        labels = wish.labels
        switch wish.indicator {
        case .checks(let select, let states, let countsMaintenance):
            (checks, badStates, countMaintenance) = (select, states, countsMaintenance)
        case .ratio(let part, let isGood, let all):
            (good, bad, total) = (isGood ? part : nil, isGood ? nil : part, all)
        case .samples(let series, let side, let limit):
            (select, condition, threshold) = (series, side, limit)
        }
        countedSince = stored.countedSince
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        generation = stored.generation
    }
}
