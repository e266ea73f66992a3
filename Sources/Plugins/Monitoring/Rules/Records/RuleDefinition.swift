internal import OpsCore
internal import OpsJSONRPC

/// What somebody asked for: which figure to watch, when it is bad, and what to say then.
///
/// The store keeps it as one JSON text, in the words of the wire.
struct RuleDefinition: Codable, Sendable, Equatable {
    var name: String
    var comment: String
    var query: RuleQuery
    /// How the series' figures are joined, by which labels; nil for an alert each.
    var across: Joint?
    var by: [String]
    var against: RuleOperand?
    var combine: Combination
    var condition: Condition
    var threshold: Double
    /// Where a firing alert is clear again, on the good side of the threshold.
    var clearThreshold: Double?
    var forMs: Int
    var keepFiringForMs: Int
    var onMissing: MissingPolicy
    var severity: Severity
    var labels: [String: String]
    var annotations: [String: String]
    var intervalMs: Int
    var maxInstances: Int
    var paused: Bool
}

extension RuleDefinition {
    /// How the figures of several series become one.
    enum Joint: String, Codable, CaseIterable, Sendable {
        case avg, min, max, sum, count
    }

    /// What is made of the figure and the one that it is held against.
    enum Combination: String, Codable, CaseIterable, Sendable {
        case ratio, difference
    }

    /// When a figure is bad.
    enum Condition: String, Codable, CaseIterable, Sendable {
        case above, atLeast = "at_least", below, atMost = "at_most", equal, notEqual = "not_equal"

        func holds(_ value: Double, _ threshold: Double) -> Bool {
            switch self {
            case .above: value > threshold
            case .atLeast: value >= threshold
            case .below: value < threshold
            case .atMost: value <= threshold
            case .equal: value == threshold
            case .notEqual: value != threshold
            }
        }

        /// Whether a threshold for clearing makes sense, and lies on the good side.
        func allows(clear: Double, beside threshold: Double) -> Bool {
            switch self {
            case .above, .atLeast: clear <= threshold
            case .below, .atMost: clear >= threshold
            case .equal, .notEqual: false
            }
        }
    }

    /// What an alert becomes whose figure is not there any more.
    enum MissingPolicy: String, Codable, CaseIterable, Sendable {
        /// Stays as it is: what is not measured has not recovered.
        case keep
        /// Counts as bad.
        case firing
        /// Counts as good.
        case ok
        case unknown
    }

    /// How bad it is when the rule fires.
    enum Severity: String, Codable, CaseIterable, Sendable {
        case info, warning, critical
    }

    /// Whether two definitions see the same figures under the same labels.
    func sees(sameAs other: RuleDefinition) -> Bool {
        query == other.query && across == other.across && by == other.by
            && against == other.against && combine == other.combine
    }

    var interval: Duration { .milliseconds(intervalMs) }
    /// Whether alerts are kept that are well, because their end would be news.
    var remembersGoodOnes: Bool { onMissing == .firing || onMissing == .unknown }
}

/// One figure a series: its samples of the last while, condensed.
struct RuleQuery: Codable, Sendable, Equatable {
    var select: String
    var aggregation: QueryMetrics.Aggregate
    var quantile: Double?
    var windowMs: Int
    /// How long ago the while ends.
    var offsetMs: Int
}

/// The figure that another one is held against, as a caller writes it.
struct RuleOperand: Codable, Sendable, Equatable {
    var select: String
    var aggregation: QueryMetrics.Aggregate?
    var quantile: Double?
    var windowMs: Int?
    var offsetMs: Int?
}

extension RuleDefinition {
    /// The query of the other figure; what its operand leaves open is as in the first.
    var otherQuery: RuleQuery? {
        against.map { other in
            RuleQuery(
                select: other.select, aggregation: other.aggregation ?? query.aggregation,
                quantile: other.quantile ?? query.quantile,
                windowMs: other.windowMs ?? query.windowMs, offsetMs: other.offsetMs ?? 0)
        }
    }
}
