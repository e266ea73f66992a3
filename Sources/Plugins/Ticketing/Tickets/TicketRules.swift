internal import OpsCore
internal import OpsJSONRPC

/// Which states follow which, and what a move asks for.
///
/// ```
/// incident  new -> in_progress | on_hold | resolved | cancelled
///           in_progress <-> on_hold; both -> resolved | cancelled
///           resolved -> in_progress (reopened) | closed
/// request   new -> awaiting_approval | in_progress | cancelled
///           awaiting_approval -> in_progress | rejected | cancelled; rejected -> closed
///           in_progress <-> on_hold; both -> resolved | cancelled
///           resolved -> in_progress (reopened) | closed
/// problem   new -> assess -> root_cause_analysis -> fix_in_progress -> resolved -> closed
///           assess | root_cause_analysis -> closed (the risk is accepted)
///           resolved -> root_cause_analysis (reopened); what is open -> cancelled
/// change    ``ChangeRules`` says it
/// ```
///
/// Closed and cancelled are the end. The time that is left is never a state.
enum TicketRules {
    /// Where a ticket may go from where it stands.
    static func next(_ kind: TicketKind, from state: TicketState) -> [TicketState] {
        switch kind {
        case .incident: incident(state)
        case .request: request(state)
        case .problem: problem(state)
        case .change: ChangeRules.next(.normal, from: state)
        }
    }

    /// Whether a move takes a ticket up again that was resolved.
    static func isReopening(from old: TicketState, to new: TicketState) -> Bool {
        old == .resolved && new.isOpen
    }

    private static func incident(_ state: TicketState) -> [TicketState] {
        state == .new ? [.inProgress, .onHold, .resolved, .cancelled] : work(state)
    }

    private static func request(_ state: TicketState) -> [TicketState] {
        switch state {
        case .new: [.awaitingApproval, .inProgress, .cancelled]
        case .awaitingApproval: [.inProgress, .rejected, .cancelled]
        case .rejected: [.closed]
        default: work(state)
        }
    }

    private static func work(_ state: TicketState) -> [TicketState] {
        switch state {
        case .inProgress: [.onHold, .resolved, .cancelled]
        case .onHold: [.inProgress, .resolved, .cancelled]
        case .resolved: [.inProgress, .closed]
        default: []
        }
    }

    private static func problem(_ state: TicketState) -> [TicketState] {
        switch state {
        case .new: [.assess, .cancelled]
        case .assess: [.rootCauseAnalysis, .closed, .cancelled]
        case .rootCauseAnalysis: [.fixInProgress, .closed, .cancelled]
        case .fixInProgress: [.resolved, .cancelled]
        case .resolved: [.rootCauseAnalysis, .closed]
        default: []
        }
    }

    /// Moves a ticket, or says why it cannot go there.
    ///
    /// - Throws: `illegal_transition`, which names the moves that are allowed, or `invalid_params`
    ///   for what the move asks for and did not get.
    static func move(
        _ ticket: Ticket, _ wish: TransitionTicket, among moves: [TicketState]? = nil,
        at now: Instant
    ) throws(RPCError) -> Ticket {
        let legal = moves ?? next(ticket.kind, from: ticket.state)
        guard legal.contains(wish.to) else { throw illegal(ticket, wish.to, legal) }
        var moved = ticket
        moved.state = wish.to
        moved.holdReason = try holdReason(wish)
        if ticket.state == .resolved { forget(&moved, wasReopened: wish.to.isOpen) }
        let isAnswered = ticket.state == .resolved || ticket.state == .rejected
        if [.resolved, .rejected].contains(wish.to) || wish.to == .closed && !isAnswered {
            try resolve(&moved, wish, at: now)
        } else if wish.resolution != nil || wish.resolutionCode != nil {
            throw .badMember(
                "resolution", "belongs to a move to resolved, not to \(wish.to.rawValue)")
        }
        if wish.to == .closed || wish.to == .cancelled { moved.closedAt = now }
        return moved
    }

    private static func holdReason(_ wish: TransitionTicket) throws(RPCError) -> HoldReason? {
        guard wish.to == .onHold else {
            guard wish.holdReason == nil else {
                throw .badMember("hold_reason", "belongs to a move to on_hold")
            }
            return nil
        }
        guard let reason = wish.holdReason else {
            let reasons = HoldReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badMember("hold_reason", "is required; one of \(reasons)")
        }
        return reason
    }

    private static func forget(_ ticket: inout Ticket, wasReopened: Bool) {
        guard wasReopened else { return }
        ticket.reopenCount += 1
        ticket.resolvedAt = nil
        ticket.resolution = nil
        ticket.resolutionCode = nil
    }

    /// Nobody learns from a ticket that was closed without a word.
    private static func resolve(
        _ ticket: inout Ticket, _ wish: TransitionTicket, at now: Instant
    ) throws(RPCError) {
        guard let text = wish.resolution else {
            throw .badMember("resolution", "is required: what was done, or why nothing is")
        }
        ticket.resolution = text
        ticket.resolutionCode = wish.resolutionCode ?? code(ticket.kind, wish.to)
        ticket.resolvedAt = now
    }

    /// How it came that a ticket is resolved, where nobody says it.
    static func code(_ kind: TicketKind, _ state: TicketState) -> ResolutionCode {
        switch (kind, state) {
        case (.change, _): .fulfilled
        case (_, .rejected): .other
        case (_, .closed): .riskAccepted
        default: .fixed
        }
    }

    private static func illegal(
        _ ticket: Ticket, _ state: TicketState, _ legal: [TicketState]
    ) -> RPCError {
        let names = legal.map(\.rawValue).joined(separator: ", ")
        return RPCError(
            code: TransitionTicket.illegalTransition.code,
            kind: TransitionTicket.illegalTransition.kind,
            message:
                "\(ticket.key) is \(ticket.state.rawValue) and cannot become \(state.rawValue).",
            hint: legal.isEmpty ? "It is over; create a new one." : "It can become \(names).")
    }
}
