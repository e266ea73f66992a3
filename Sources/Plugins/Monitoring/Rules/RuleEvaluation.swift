internal import OpsCore
internal import OpsJSONRPC

/// What one evaluation makes of all alerts of a rule: values in, values out.
enum RuleEvaluation {
    /// - Parameters:
    ///   - known: The alerts that are remembered.
    ///   - readings: A figure for each set of labels that the rule sees now.
    /// - Returns: The alerts afterwards; those that need not be remembered are left out.
    static func step(
        _ known: [Labels: AlertStatus], _ readings: [Labels: Double], at moment: Moment,
        by rule: RuleDefinition
    ) -> [Labels: AlertStatus] {
        var alerts: [Labels: AlertStatus] = [:]
        for (labels, value) in readings {
            alerts[labels] = AlertRules.step(
                known[labels] ?? AlertStatus(), value, at: moment, by: rule)
        }
        for (labels, old) in known where readings[labels] == nil {
            let isStandIn = labels.pairs.isEmpty && !readings.isEmpty
            alerts[labels] =
                isStandIn ? end(old) : AlertRules.step(old, nil, at: moment, by: rule)
        }
        if alerts.isEmpty, rule.remembersGoodOnes {
            // Nothing has been seen yet: somebody has to stand for what is missing.
            alerts[Labels()] = AlertRules.step(AlertStatus(), nil, at: moment, by: rule)
        }
        return alerts.filter { isRemembered($0.value, by: rule) }
    }

    static func isRemembered(_ status: AlertStatus, by rule: RuleDefinition) -> Bool {
        status.state != .ok || status.announced != .ok || rule.remembersGoodOnes
    }

    /// What stood for missing figures is over when there are some.
    private static func end(_ old: AlertStatus) -> AlertStatus {
        AlertStatus(announced: old.announced)
    }
}
