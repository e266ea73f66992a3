import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// A ticket's row, which is written by places and read by names.
@Suite(.timeLimit(.minutes(1))) struct TicketStoringTests {
    /// A ticket of which no two members are alike.
    private func ticket(at now: Instant) -> Ticket {
        var ticket = Ticket(
            ref: Ticket.ref("INC-7"), key: "INC-7", kind: .incident, title: "a title",
            description: "a description", state: .resolved, impact: 1, urgency: 2, priority: 3,
            labels: ["label": "yes"], channel: .phone, knownError: false, reopenCount: 4,
            createdAt: now, updatedAt: now + .seconds(1), generation: 5)
        ticket.holdReason = .awaitingVendor
        ticket.priorityReason = "a reason"
        ticket.requester = "rosa"
        ticket.assignee = "anna"
        ticket.queue = "net"
        ticket.fields = ["field": "yes"]
        ticket.source = "desk:1"
        ticket.resolution = "a solution"
        ticket.resolutionCode = .recovered
        ticket.rootCause = "a cause"
        ticket.workaround = "a way around"
        ticket.resolvedAt = now + .seconds(2)
        ticket.closedAt = now + .seconds(3)
        return ticket
    }

    /// The same with other members, but for those that stay.
    private func changed(_ old: Ticket) -> Ticket {
        var ticket = old
        ticket.title = "another title"
        ticket.description = "another description"
        ticket.state = .onHold
        ticket.holdReason = .awaitingCaller
        (ticket.impact, ticket.urgency, ticket.priority) = (3, 1, 2)
        ticket.priorityReason = "another reason"
        (ticket.requester, ticket.assignee, ticket.queue) = ("ruth", "bert", "ops")
        ticket.labels = ["label": "no"]
        ticket.fields = ["field": "no"]
        ticket.resolution = "another solution"
        ticket.resolutionCode = .workaround
        ticket.rootCause = "another cause"
        ticket.workaround = "another way around"
        (ticket.knownError, ticket.reopenCount) = (true, 6)
        ticket.resolvedAt = old.createdAt + .seconds(4)
        ticket.closedAt = old.createdAt + .seconds(5)
        return ticket
    }

    @Test func `Every value stands in its column, of a new ticket and of one that changed`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for queue in ["net", "ops"] {
                try await fixture.call("queue.create", ["name": .string(queue)])
            }
            let new = ticket(at: fixture.time.now())
            let later = changed(new)
            let stored = try await fixture.platform.store.write(
                as: .system, reason: "test"
            ) { tx -> [(written: Ticket, read: Ticket?)] in
                let made = try TicketWriter.insert(new, in: tx)
                let read = try TicketWriter.load("INC-7", in: tx)
                let last = try TicketWriter.update(
                    made, to: later, as: "ticket.updated", in: tx)
                return [(made, read), (last, try TicketWriter.load("INC-7", in: tx))]
            }
            for (written, read) in stored { #expect(read == written) }
            #expect(stored.map { $0.written.title } == ["a title", "another title"])
            #expect(try await fixture.keys(["open": true]) == ["INC-7"])
        }
    }

    @Test func `There are as many values as columns`() {
        let ticket = ticket(at: Instant(milliseconds: 0))
        #expect(ticket.values.count == Ticket.columns.count)
    }
}
