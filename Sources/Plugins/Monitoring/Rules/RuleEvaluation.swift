internal import OpsCore
internal import OpsJSONRPC

/// What one evaluation makes of all alerts of a rule: values in, values out.
enum RuleEvaluation {
    /// - Parameters:
    ///   - known: The alerts that are remembered.
    ///   - readings: A figure for each set of labels that the rule sees now.
    /// - Returns: The alerts afterwards; those that need not be remembered are left out.
    /// - Throws: `conflict` when nobody could tell two alerts apart, `too_large` when there would
    ///   be more to remember than the rule allows.
    static func step(
        _ known: [Labels: AlertStatus], _ readings: [Labels: Double], at moment: Moment,
        by rule: RuleDefinition
    ) throws(RPCError) -> [Labels: AlertStatus] {
        var alerts: [Labels: AlertStatus] = [:]
        var standIn: AlertStatus?
        for (labels, value) in readings {
            alerts[labels] = AlertRules.step(
                known[labels] ?? AlertStatus(), value, at: moment, by: rule)
        }
        for (labels, old) in known where readings[labels] == nil {
            if labels.pairs.isEmpty, !readings.isEmpty {
                standIn = end(old)
            } else {
                alerts[labels] = AlertRules.step(old, nil, at: moment, by: rule)
            }
        }
        try refuseTwins(alerts.keys, rule)
        alerts[Labels()] = standIn ?? alerts[Labels()]
        if alerts.isEmpty, rule.remembersGoodOnes {
            // Nothing has been seen yet: somebody has to stand for what is missing.
            alerts[Labels()] = AlertRules.step(AlertStatus(), nil, at: moment, by: rule)
        }
        let remembered = alerts.filter { isRemembered($0.value, by: rule) }
        try refuseTooMany(remembered, rule)
        return remembered
    }

    static func isRemembered(_ status: AlertStatus, by rule: RuleDefinition) -> Bool {
        status.state != .ok || status.announced != .ok || rule.remembersGoodOnes
    }

    /// What stood for missing figures is over when there are some.
    private static func end(_ old: AlertStatus) -> AlertStatus {
        AlertStatus(announced: old.announced)
    }

    // MARK: - What the store has to know

    /// The way from some alerts to others, as far as the store has to know it, and the alerts as
    /// they are once it does.
    ///
    /// - Parameter suppressed: The alerts of which nobody may be told anything bad.
    static func changes(
        from known: [Labels: AlertStatus], to after: [Labels: AlertStatus],
        by rule: RuleDefinition, suppressed: Set<Labels>
    ) -> (changes: [AlertChange], alerts: [Labels: AlertStatus]) {
        let changes = Set(known.keys).union(after.keys).compactMap { labels -> AlertChange? in
            let old = known[labels]
            let isSuppressed = suppressed.contains(labels)
            let new = AlertRules.announce(
                after[labels] ?? AlertStatus(announced: old?.announced ?? .ok),
                isSuppressed: isSuppressed)
            let isLast = !isRemembered(new, by: rule)
            if old == nil, isLast { return nil }
            guard isLast || !new.isSaved(as: old) else { return nil }
            return AlertChange(
                labels: labels, old: old ?? AlertStatus(), new: new, isLast: isLast,
                isSuppressed: isSuppressed)
        }.sorted { $0.labels < $1.labels }
        var alerts = after
        for change in changes { alerts[change.labels] = change.isLast ? nil : change.new }
        return (changes, alerts)
    }

    // MARK: - Refusals

    /// Refuses alerts that the rule's own labels make equal: the end of one would be taken for that
    /// of the other.
    private static func refuseTwins(
        _ keys: some Sequence<Labels>, _ rule: RuleDefinition
    ) throws(RPCError) {
        guard !rule.labels.isEmpty else { return }
        var seen: Set<Labels> = []
        for key in keys {
            let labels = Labels(rule.labels(of: key))
            guard seen.insert(labels).inserted else {
                let shown = labels.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
                throw .conflict(
                    "Two alerts have the same labels, with those of the rule on top: \(shown).",
                    hint: "Take from the rule's labels what tells figures apart, or join them with "
                        + "across and by.")
            }
        }
    }

    private static func refuseTooMany(
        _ remembered: [Labels: AlertStatus], _ rule: RuleDefinition
    ) throws(RPCError) {
        guard remembered.count > rule.maxInstances else { return }
        let gone = remembered.values.count { $0.missingSince != nil }
        throw .tooLarge(
            "The rule would remember \(remembered.count) alerts, \(gone) of them without a figure; "
                + "its limit is \(rule.maxInstances).",
            hint: "Drop with rule.forget what is gone for good, or raise max_instances.")
    }
}
