internal import OpsCore
internal import OpsJSONRPC

/// A rule that is tried on past figures: values in, values out.
struct RuleTrial: Sendable {
    /// How many changes are answered at most.
    static let maxTransitions = 10_000

    let rule: RuleDefinition
    private(set) var transitions: [RuleHistoryEntry] = []
    private var states: [Labels: AlertStatus] = [:]
    private var shown: [Labels: AlertStatus] = [:]
    private var start: Instant?

    init(rule: RuleDefinition) { self.rule = rule }

    /// The alerts as they stand, those included that are well.
    var alerts: [RuleAlert] {
        shown.sorted { $0.key < $1.key }.map { RuleAlert($0.key, $0.value, of: rule) }
    }

    /// The trial after one more evaluation.
    ///
    /// - Throws: `too_large` when there is more to answer than anybody reads, and what the rule
    ///   itself refuses.
    func taking(
        _ readings: [Labels: Double], at instant: Instant
    ) throws(RPCError) -> RuleTrial {
        var trial = self
        let start = self.start ?? instant
        trial.start = start
        let moment = Moment(now: instant, uptime: instant - start)
        let after = try RuleEvaluation.step(states, readings, at: moment, by: rule)
            .mapValues { AlertRules.announce($0, isSuppressed: false) }
        for labels in Set(states.keys).union(after.keys).sorted() {
            let (old, new) = (states[labels]?.state ?? .ok, after[labels]?.state ?? .ok)
            guard old != new else { continue }
            trial.transitions.append(
                RuleHistoryEntry(
                    at: instant, labels: rule.labels(of: labels), previousState: old, state: new,
                    value: .figure(readings[labels]), suppressedBy: nil))
        }
        guard trial.transitions.count <= Self.maxTransitions else {
            throw .tooLarge(
                "Until \(instant) the rule changes \(trial.transitions.count) times; "
                    + "\(Self.maxTransitions) is the most that is answered.",
                hint: "Try a shorter range or a longer step_ms, or join series with across and by.")
        }
        trial.states = after.filter { RuleEvaluation.isRemembered($0.value, by: rule) }
        trial.shown = after
        for (labels, value) in readings where after[labels] == nil {
            trial.shown[labels] = AlertStatus(value: value)
        }
        return trial
    }
}
