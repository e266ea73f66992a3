internal import OpsCore
internal import OpsJSONRPC

/// What a ticket of kind change has beyond that of others.
struct Change: Codable, Sendable, Equatable {
    /// How much may go wrong.
    enum Risk: String, Codable, CaseIterable, Sendable {
        case low, medium, high
    }

    /// How it went.
    enum Outcome: String, Codable, CaseIterable, Sendable {
        case successful
        case successfulWithIssues = "successful_with_issues"
        case failed
        case backedOut = "backed_out"

        /// Whether it counts against the items the next time.
        var isFailure: Bool { self == .failed || self == .backedOut }
    }

    var type: ChangeType
    /// The name of the model that a standard change follows.
    var model: String?
    /// What `change.risk` found, or what was set by hand.
    var risk: Risk?
    /// Why the risk is not what was found.
    var riskReason: String?
    /// When the risk was last looked at.
    var assessedAt: Instant?
    /// Why it is made.
    var reason: String
    /// What is done.
    var plan: String
    /// How it is undone.
    var backoutPlan: String
    /// How one sees that it works.
    var testPlan: String
    var windowFrom: Instant?
    var windowTo: Instant?
    /// Whether something stands still meanwhile.
    var outage: Bool
    var outcome: Outcome?
    /// Until when it has to be looked at afterwards; every emergency change has one.
    var reviewDueAt: Instant?
    /// When it was begun.
    var implementedAt: Instant?

    init(type: ChangeType = .normal) {
        self.type = type
        reason = ""
        plan = ""
        backoutPlan = ""
        testPlan = ""
        outage = false
    }

    /// The time that it takes, once there is one.
    var window: Range<Instant>? {
        guard let windowFrom, let windowTo, windowFrom < windowTo else { return nil }
        return windowFrom..<windowTo
    }

    /// What it says in words, by which it is found.
    var texts: [String] {
        [reason, plan, backoutPlan, testPlan, riskReason ?? ""].filter { !$0.isEmpty }
    }

    /// From when on what breaks may have broken by it.
    var begin: Instant? { implementedAt ?? windowFrom }
}

extension Change {
    /// Reads a row of `ticketing_change` with the model's name.
    init(row: Row) throws {
        type = try row.word("type")
        model = try row.optionalText("model")
        risk = try row.optionalWord("risk")
        riskReason = try row.optionalText("risk_reason")
        assessedAt = try row.optionalInstant("assessed_at")
        reason = try row.text("reason")
        plan = try row.text("plan")
        backoutPlan = try row.text("backout_plan")
        testPlan = try row.text("test_plan")
        windowFrom = try row.optionalInstant("window_from")
        windowTo = try row.optionalInstant("window_to")
        outage = try row.bool("outage")
        outcome = try row.optionalWord("outcome")
        reviewDueAt = try row.optionalInstant("review_due_at")
        implementedAt = try row.optionalInstant("implemented_at")
    }
}

/// A change with what belongs to it, as `change.get` answers.
struct ChangePage: Codable, Sendable {
    var ticket: Ticket
    var change: Change
    /// What it touches.
    var items: [Ref]
    var approvals: [Approval]
    /// Where it may go from here.
    var nextStates: [TicketState]
    /// What keeps it from being scheduled and begun, in words; nothing when nothing does.
    var missing: [String]
    /// Incidents on what it touches that began within 24 hours of it.
    var incidents: [Suspect]
}

/// A change in a list.
struct ChangeRow: Codable, Sendable {
    /// The ticket's ref and key.
    var ref: Ref
    var key: String
    var title: String
    var state: TicketState
    var type: ChangeType
    var risk: Change.Risk?
    var windowFrom: Instant?
    var windowTo: Instant?
    var outcome: Change.Outcome?
    var reviewDueAt: Instant?

    /// Reads a row of `ticketing_change` with its ticket.
    init(row: Row) throws {
        key = try row.text("key")
        ref = Ticket.ref(key)
        title = try row.text("title")
        state = try row.word("state")
        type = try row.word("type")
        risk = try row.optionalWord("risk")
        windowFrom = try row.optionalInstant("window_from")
        windowTo = try row.optionalInstant("window_to")
        outcome = try row.optionalWord("outcome")
        reviewDueAt = try row.optionalInstant("review_due_at")
    }
}

/// An incident and a change that touch the same: the one may come from the other.
struct Suspect: Codable, Sendable, Equatable {
    /// The other one's ticket.
    var ref: Ref
    var key: String
    var title: String
    var state: TicketState
    /// When it began.
    var at: Instant
    /// What both touch.
    var items: [Ref]
}
