internal import OpsCore

/// Joins and combines the figures of series.
enum RuleMath {
    /// Joins the figures of all series that agree in some labels.
    static func joined(
        _ figures: [Labels: Double], _ joint: RuleDefinition.Joint, by names: [String]
    ) -> [Labels: Double] {
        var groups: [Labels: [Double]] = [:]
        for (labels, value) in figures where !value.isNaN {
            let kept = names.compactMap { name in labels[name].map { (name, $0) } }
            groups[Labels(Dictionary(kept) { $1 }), default: []].append(value)
        }
        return groups.mapValues { join($0, joint) }
    }

    /// Combines the figures that have the same labels; where one is missing there is none.
    static func combined(
        _ left: [Labels: Double], _ right: [Labels: Double], _ how: RuleDefinition.Combination
    ) -> [Labels: Double] {
        var combined: [Labels: Double] = [:]
        for (labels, value) in left {
            guard let other = right[labels] else { continue }
            switch how {
            case .ratio: combined[labels] = value / other
            case .difference: combined[labels] = value - other
            }
        }
        return combined
    }

    private static func join(_ values: [Double], _ joint: RuleDefinition.Joint) -> Double {
        switch joint {
        case .avg: values.reduce(0, +) / Double(values.count)
        case .min: values.min() ?? .nan
        case .max: values.max() ?? .nan
        case .sum: values.reduce(0, +)
        case .count: Double(values.count)
        }
    }
}
