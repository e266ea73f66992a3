internal import OpsCore
internal import OpsJSONRPC

/// What a ticket's state means for its clocks.
enum ClockRules {
    /// What happens to a clock.
    enum Effect: Equatable {
        case cancel
        case stop(Instant)
        case turn(counts: Bool)
    }

    /// What the state of a ticket does to an open clock.
    ///
    /// Who gets the solution needs no further answer. The solution is measured until the ticket is
    /// closed, and counts as given when it was resolved: until then it may come back.
    static func effect(of ticket: Ticket, on clock: Clock, at now: Instant) -> Effect {
        switch ticket.state {
        case .cancelled: return .cancel
        case .closed: return .stop(clock.metric == .resolution ? ticket.resolvedAt ?? now : now)
        case .resolved where clock.metric != .resolution: return .stop(now)
        case .rejected: return .stop(now)
        case .resolved, .new, .inProgress, .onHold, .assess, .rootCauseAnalysis, .fixInProgress,
            .awaitingApproval, .authorize, .scheduled, .implement, .review:
            return .turn(counts: clock.counts(in: ticket.state))
        }
    }

    /// What is measured of a ticket from its beginning on, by the state in which it came here.
    ///
    /// What is over elsewhere is not judged by what was agreed here; and on what somebody works
    /// elsewhere somebody has answered there.
    static func metrics(ofWhatCameAs state: TicketState) -> [Clock.Metric] {
        guard state.isOpen else { return [] }
        return state == .new ? [.response, .resolution] : [.resolution]
    }

    /// Why a stretch begins with a move.
    static func reason(
        from old: TicketState, to new: TicketState, _ holdReason: HoldReason?
    ) -> String {
        if TicketRules.isReopening(from: old, to: new) { return "reopened" }
        return new.rawValue + (holdReason.map { ": \($0.rawValue)" } ?? "")
    }
}
