/// Where a ticket stands; which of them a kind knows and what follows what, ``TicketRules`` says.
enum TicketState: String, Codable, CaseIterable, Sendable {
    case new
    case inProgress = "in_progress"
    case onHold = "on_hold"
    /// Of problems: whether it is one, and how much it matters.
    case assess
    /// Of problems.
    case rootCauseAnalysis = "root_cause_analysis"
    /// Of problems.
    case fixInProgress = "fix_in_progress"
    /// Solved as we see it; who asked may still disagree.
    case resolved
    case closed
    case cancelled

    /// Whether there is still something to do.
    var isOpen: Bool {
        switch self {
        case .new, .inProgress, .onHold, .assess, .rootCauseAnalysis, .fixInProgress: true
        case .resolved, .closed, .cancelled: false
        }
    }
}

/// What a ticket on hold waits for.
enum HoldReason: String, Codable, CaseIterable, Sendable {
    case awaitingCaller = "awaiting_caller"
    case awaitingVendor = "awaiting_vendor"
    case awaitingChange = "awaiting_change"
    case awaitingProblem = "awaiting_problem"
}

/// How it came that a ticket is resolved.
enum ResolutionCode: String, Codable, CaseIterable, Sendable {
    case fixed
    case workaround
    case recovered
    case fulfilled
    case noFaultFound = "no_fault_found"
    case riskAccepted = "risk_accepted"
    case other
}

/// How a ticket came in.
enum Channel: String, Codable, CaseIterable, Sendable {
    case api, phone, mail, portal, chat, monitoring
}
