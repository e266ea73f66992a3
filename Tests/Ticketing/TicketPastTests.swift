import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What may be said of a ticket's time in another desk, and what becomes of it.
@Suite struct TicketPastTests {
    /// 2026-03-01, noon.
    private let now = Instant(milliseconds: 1_772_366_400_000)

    private func past(_ members: JSON.Object) throws -> TicketPast {
        try FieldSet(TicketPast.self).decode(members)
    }

    private func paths(_ kind: TicketKind, _ members: JSON.Object) throws -> [String] {
        try past(members).mistakes(kind, at: now).map(\.path)
    }

    private func ticket(_ kind: TicketKind, _ members: JSON.Object) throws -> Ticket {
        var ticket = Ticket(
            ref: Ticket.ref("new"), key: "", kind: kind, title: "x", description: "",
            state: .new, impact: 3, urgency: 3, priority: 5, labels: [:], channel: .api,
            knownError: false, reopenCount: 0, createdAt: now, updatedAt: now, generation: 1)
        try past(members).apply(to: &ticket, at: now)
        return ticket
    }

    @Test func `Each kind comes in where it can come to by itself, a change only at its ends`() {
        #expect(
            TicketPast.states(of: .incident)
                == [.new, .inProgress, .onHold, .resolved, .closed, .cancelled])
        #expect(TicketPast.states(of: .request).contains(.rejected))
        #expect(TicketPast.states(of: .problem).contains(.rootCauseAnalysis))
        #expect(!TicketPast.states(of: .problem).contains(.onHold))
        #expect(TicketPast.states(of: .change) == [.new, .closed, .cancelled])
    }

    @Test func `Nothing said is a new ticket`() throws {
        let ticket = try ticket(.incident, [:])
        #expect(ticket.state == .new && ticket.createdAt == now)
        #expect(ticket.resolvedAt == nil && ticket.closedAt == nil)
    }

    @Test func `Times that are not said follow from those that are`() throws {
        let resolved = "2026-02-01T12:00:00.000Z"
        let closed = "2026-02-02T12:00:00.000Z"
        let first = try ticket(
            .incident, ["state": "closed", "resolution": "y", "resolved_at": .string(resolved)])
        #expect(first.closedAt?.description == resolved)
        // What was over had come in before.
        #expect(first.createdAt.description == resolved)
        let second = try ticket(
            .incident, ["state": "closed", "resolution": "y", "closed_at": .string(closed)])
        #expect(second.resolvedAt?.description == closed)
        #expect(second.createdAt.description == closed)
        let third = try ticket(.incident, ["state": "closed", "resolution": "y"])
        #expect(third.createdAt == now && third.resolvedAt == now && third.closedAt == now)
        let fourth = try ticket(.incident, ["state": "cancelled"])
        #expect(fourth.resolvedAt == nil && fourth.closedAt == now)
    }

    @Test func `How it came that it was resolved is what a move would have said`() throws {
        func code(_ kind: TicketKind, _ state: String) throws -> ResolutionCode? {
            try ticket(kind, ["state": .string(state), "resolution": "y"]).resolutionCode
        }
        #expect(try code(.incident, "closed") == .fixed)
        #expect(try code(.problem, "closed") == .fixed)
        #expect(try code(.change, "closed") == .fulfilled)
        #expect(try code(.request, "rejected") == .other)
    }

    @Test(
        arguments: [
            (["state": "resolved"], ["resolution"]),
            (["resolution": "y"], ["resolution"]),
            (["resolution_code": "fixed"], ["resolution_code"]),
            (["resolved_at": "2026-02-01T12:00:00Z"], ["resolved_at"]),
            (["closed_at": "2026-02-01T12:00:00Z"], ["closed_at"]),
            (["state": "on_hold"], ["hold_reason"]),
            (["hold_reason": "awaiting_vendor"], ["hold_reason"]),
            (["state": "assess"], ["state"]),
            (["created_at": "2026-04-01T12:00:00Z"], ["created_at"]),
            (
                [
                    "state": "cancelled", "created_at": "2026-02-02T12:00:00Z",
                    "closed_at": "2026-02-01T12:00:00Z",
                ], ["closed_at"]
            ),
        ] as [(JSON.Object, [String])])
    func `What does not fit together is named`(members: JSON.Object, wrong: [String]) throws {
        #expect(try paths(.incident, members) == wrong)
    }
}
