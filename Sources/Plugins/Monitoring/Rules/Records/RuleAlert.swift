internal import OpsCore
internal import OpsJSONRPC

/// An alert of a rule as callers and listeners see it.
struct RuleAlert: Codable, Sendable {
    var labels: [String: String]
    var state: AlertStatus.State
    var severity: RuleDefinition.Severity
    var value: JSON
    var annotations: [String: String]
    var pendingSince: Instant?
    var firingSince: Instant?
    var missingSince: Instant?
    /// Whether people were told of the state.
    var announced: Bool
}

extension RuleAlert {
    init(_ key: Labels, _ status: AlertStatus, of rule: RuleDefinition) {
        labels = rule.labels(of: key)
        state = status.state
        severity = rule.severity
        value = .figure(status.value)
        annotations = rule.annotations(for: status, labels)
        pendingSince = status.state == .pending ? status.badSince?.at : nil
        firingSince = status.firingSince
        missingSince = status.missingSince
        announced = status.announced == status.wanted
    }
}

extension RuleDefinition {
    /// The labels of an alert: those of the figure, and on top those of the rule.
    func labels(of key: Labels) -> [String: String] { key.dictionary.merging(labels) { $1 } }

    func annotations(for status: AlertStatus, _ labels: [String: String]) -> [String: String] {
        let values = AnnotationTemplate.Values(
            value: status.value, threshold: threshold, rule: name, severity: severity.rawValue,
            state: status.state.rawValue, labels: labels)
        return annotations.compactMapValues { text in
            // A stored template was read when the rule was made; one that cannot be read any more
            // is shown as it stands rather than keeping an alert from being told.
            (try? AnnotationTemplate(text))?.filled(with: values) ?? text
        }
    }
}
