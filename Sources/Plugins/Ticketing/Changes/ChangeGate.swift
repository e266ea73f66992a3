internal import OpsCore
internal import OpsJSONRPC

/// Decides whether a change may go on, from what is known of it.
struct ChangeGate: Sendable {
    var change: Change
    /// Who agreed to it as it is now, whoever asked them.
    var consenting: Set<String>
    /// Whether an approval that stands is still waited for.
    var isWaiting: Bool
    /// Whether somebody agreed that it may be made in a time that is frozen.
    var overridesFreeze: Bool
    /// Whether the model of a standard change is in use.
    var isModelActive: Bool
    /// The names of what freezes its window.
    var freezes: [String]
    var policy: ChangePolicy

    /// What is missing before a change may enter a state: the member, and the words.
    func missing(to state: TicketState) -> [RPCError.FieldError] {
        switch state {
        case .authorize where change.type == .normal && change.risk == nil:
            [missing("risk", "is not known; change.risk finds it")]
        // What was agreed to or frozen meanwhile counts when it is begun.
        case .scheduled, .implement: toSchedule
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
        if !freezes.isEmpty, !overridesFreeze {
            let names = freezes.map { "\"\($0)\"" }.joined(separator: ", ")
            fields.append(
                missing(
                    "window_from",
                    "lies in the freeze \(names); approval.request with overrides_freeze asks for it"
                ))
        }
        return fields
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
