import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What follows what, for every kind, state and target.
@Suite struct TicketRulesTests {
    private typealias Moves = [TicketState: Set<TicketState>]

    private static let incident: Moves = [
        .new: [.inProgress, .onHold, .resolved, .cancelled],
        .inProgress: [.onHold, .resolved, .cancelled],
        .onHold: [.inProgress, .resolved, .cancelled],
        .resolved: [.inProgress, .closed],
    ]
    private static let request: Moves = [
        .new: [.awaitingApproval, .inProgress, .cancelled],
        .awaitingApproval: [.inProgress, .rejected, .cancelled],
        .rejected: [.closed],
        .inProgress: [.onHold, .resolved, .cancelled],
        .onHold: [.inProgress, .resolved, .cancelled],
        .resolved: [.inProgress, .closed],
    ]
    private static let problem: Moves = [
        .new: [.assess, .cancelled],
        .assess: [.rootCauseAnalysis, .closed, .cancelled],
        .rootCauseAnalysis: [.fixInProgress, .closed, .cancelled],
        .fixInProgress: [.resolved, .cancelled],
        .resolved: [.rootCauseAnalysis, .closed],
    ]
    private static let now = Instant(milliseconds: 1_767_225_600_000)

    private static func ticket(_ kind: TicketKind, _ state: TicketState) -> Ticket {
        Ticket(
            ref: Ticket.ref("INC-1"), key: "INC-1", kind: kind, title: "t", description: "",
            state: state, impact: 3, urgency: 3, priority: 5, labels: [:], channel: .api,
            resolution: state == .resolved ? "done" : nil,
            resolutionCode: state == .resolved ? .fixed : nil, knownError: false, reopenCount: 0,
            createdAt: now, updatedAt: now, resolvedAt: state == .resolved ? now : nil,
            generation: 1)
    }

    /// A wish that brings all that any move to that state asks for.
    private static func wish(_ ticket: Ticket, _ state: TicketState) -> TransitionTicket {
        var wish = TransitionTicket()
        wish.ticket = ticket.key
        wish.to = state
        if state == .onHold { wish.holdReason = .awaitingVendor }
        let isAnswered = ticket.state == .resolved || ticket.state == .rejected
        if state == .resolved || state == .rejected || state == .closed && !isAnswered {
            wish.resolution = "done"
        }
        return wish
    }

    @Test(arguments: [TicketKind.incident, .request, .problem])
    func `A ticket goes where the table says, and nowhere else`(kind: TicketKind) throws {
        let moves =
            switch kind {
            case .incident: Self.incident
            case .request: Self.request
            default: Self.problem
            }
        for state in TicketState.allCases {
            let ticket = Self.ticket(kind, state)
            let legal = moves[state] ?? []
            #expect(Set(TicketRules.next(kind, from: state)) == legal, "\(state)")
            for target in TicketState.allCases {
                if legal.contains(target) {
                    let moved = try TicketRules.move(
                        ticket, Self.wish(ticket, target), at: Self.now)
                    #expect(moved.state == target)
                    #expect((moved.holdReason != nil) == (target == .onHold))
                } else {
                    expectIllegal(ticket, target, legal)
                }
            }
        }
    }

    /// An illegal move is refused with the names of all that are legal.
    private func expectIllegal(_ ticket: Ticket, _ target: TicketState, _ legal: Set<TicketState>) {
        do {
            _ = try TicketRules.move(ticket, Self.wish(ticket, target), at: Self.now)
            Issue.record("\(ticket.kind) went from \(ticket.state) to \(target)")
        } catch {
            #expect(error.kind == "illegal_transition")
            #expect(error.message.contains(ticket.state.rawValue))
            for state in legal {
                #expect(error.hint?.contains(state.rawValue) == true, "\(error)")
            }
            if legal.isEmpty { #expect(error.hint == "It is over; create a new one.") }
        }
    }

    @Test func `A move says which of the members that it takes is missing or too many`() {
        let open = Self.ticket(.incident, .inProgress)
        func path(_ state: TicketState, _ change: (inout TransitionTicket) -> Void) -> String? {
            var wish = TransitionTicket()
            wish.ticket = open.key
            wish.to = state
            change(&wish)
            do {
                _ = try TicketRules.move(open, wish, at: Self.now)
                return nil
            } catch {
                return error.fields.first?.path
            }
        }
        #expect(path(.onHold) { _ in } == "hold_reason")
        #expect(path(.cancelled) { $0.holdReason = .awaitingCaller } == "hold_reason")
        #expect(path(.resolved) { _ in } == "resolution")
        #expect(path(.cancelled) { $0.resolution = "x" } == "resolution")
        #expect(path(.cancelled) { $0.resolutionCode = .fixed } == "resolution")
    }

    @Test func `A resolved ticket has its text, code and time, and loses them when reopened`()
        throws
    {
        let open = Self.ticket(.incident, .inProgress)
        let resolved = try TicketRules.move(open, Self.wish(open, .resolved), at: Self.now)
        #expect(resolved.resolution == "done")
        #expect(resolved.resolutionCode == .fixed)
        #expect(resolved.resolvedAt == Self.now)
        let again = try TicketRules.move(
            resolved, Self.wish(resolved, .inProgress), at: Self.now + .seconds(60))
        #expect(again.resolution == nil)
        #expect(again.resolutionCode == nil)
        #expect(again.resolvedAt == nil)
        #expect(again.reopenCount == 1)
        let closed = try TicketRules.move(
            resolved, Self.wish(resolved, .closed), at: Self.now + .seconds(60))
        #expect(closed.resolution == "done")
        #expect(closed.closedAt == Self.now + .seconds(60))
        #expect(closed.reopenCount == 0)
    }

    @Test func `A problem that is closed before it is solved is an accepted risk`() throws {
        let problem = Self.ticket(.problem, .assess)
        let closed = try TicketRules.move(problem, Self.wish(problem, .closed), at: Self.now)
        #expect(closed.resolutionCode == .riskAccepted)
        #expect(closed.closedAt == Self.now)
    }
}
