/// Where a ticket stands; which of them a kind knows and what follows what, ``TicketRules`` says.
enum TicketState: String, Codable, CaseIterable, Sendable {
    case new
    case inProgress = "in_progress"
    case onHold = "on_hold"
    /// Of requests: somebody has to agree first.
    case awaitingApproval = "awaiting_approval"
    /// Of problems: whether it is one, and how much it matters; of changes: what it may do.
    case assess
    /// Of problems.
    case rootCauseAnalysis = "root_cause_analysis"
    /// Of problems.
    case fixInProgress = "fix_in_progress"
    /// Of changes: somebody has to agree.
    case authorize
    /// Of changes: it is agreed and has its window.
    case scheduled
    /// Of changes: it is being made.
    case implement
    /// Of changes: it was made; how did it go?
    case review
    /// Of requests: nobody agrees.
    case rejected
    /// Solved as we see it; who asked may still disagree.
    case resolved
    case closed
    case cancelled

    /// Whether nothing follows it.
    var isOver: Bool { self == .closed || self == .cancelled }

    /// Whether there is still something to do.
    var isOpen: Bool {
        switch self {
        case .new, .inProgress, .onHold, .awaitingApproval, .assess, .rootCauseAnalysis,
            .fixInProgress, .authorize, .scheduled, .implement, .review:
            true
        case .rejected, .resolved, .closed, .cancelled: false
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
