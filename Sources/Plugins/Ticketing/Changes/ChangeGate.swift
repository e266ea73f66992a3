internal import OpsCore
internal import OpsJSONRPC

/// Decides whether a change may go on, from what is known of it.
struct ChangeGate: Sendable {
    var change: Change
    /// Who agreed to it as it is now, whoever asked them.
    var consenting: Set<String>
    /// Whether an approval that stands is still waited for.
    var isWaiting: Bool
    /// Whether the model of a standard change is in use.
    var isModelActive: Bool
    /// The names of what freezes its window, and nobody agreed that it may.
    var freezes: [String]
    var policy: ChangePolicy
    var now: Instant

    /// What is missing before a change may enter a state: the member, and the words.
    func missing(to state: TicketState) -> [RPCError.FieldError] {
        switch state {
        case .authorize where change.type == .normal && change.risk == nil:
            [missing("risk", "is not known; change.risk finds it")]
        // What was agreed to or frozen meanwhile counts when it is begun.
        case .scheduled: toSchedule
        case .implement: toSchedule + toBegin
        case .review where change.outcome == nil:
            [missing("outcome", "is required; change.update sets it")]
        default: []
        }
    }

    private var toSchedule: [RPCError.FieldError] {
        var fields: [RPCError.FieldError] = []
        if change.window == nil {
            fields.append(missing("window_from", "and window_to are required"))
        }
        if change.type == .standard, change.model == nil || !isModelActive {
            fields.append(
                missing("model", "is required for a standard change, and has to be active"))
        }
        if change.type == .emergency, change.reviewDueAt == nil {
            fields.append(missing("review_due_at", "is required for an emergency change"))
        }
        if let approval { fields.append(missing("approvals", approval)) }
        if !freezes.isEmpty {
            let names = freezes.map { "\"\($0)\"" }.joined(separator: ", ")
            fields.append(
                missing(
                    "window_from",
                    "lies in the freeze \(names); approval.request with overrides_freeze asks for it"
                ))
        }
        return fields
    }

    /// What was agreed to, and held against freezes and other changes, is its window.
    private var toBegin: [RPCError.FieldError] {
        guard let window = change.window, !window.contains(now) else { return [] }
        return now < window.lowerBound
            ? [missing("window_from", "is \(window.lowerBound); change.update sets another one")]
            : [missing("window_to", "was \(window.upperBound); change.update sets another one")]
    }

    private var approval: String? {
        guard let rule = policy.rule(for: change) else { return nil }
        if isWaiting { return "are waited for" }
        let counting =
            rule.of.isEmpty ? consenting.count : consenting.intersection(rule.of).count
        guard counting < rule.needed else { return nil }
        let whom = rule.of.isEmpty ? "" : " of \(rule.of.joined(separator: ", "))"
        return "are \(counting) of \(rule.needed)\(whom); approval.request asks for them"
    }

    private func missing(_ path: String, _ reason: String) -> RPCError.FieldError {
        RPCError.FieldError(path: path, reason: reason)
    }
}
