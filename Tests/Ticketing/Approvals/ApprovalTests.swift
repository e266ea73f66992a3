import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Approvals on the real store: what a request waits for, and what happens to it.
@Suite struct ApprovalTests {
    private func laptop(_ fixture: TicketingFixture) async throws -> String {
        try await fixture.open("a laptop", ["kind": "request", "requester": "ann"])
    }

    private func ask(
        _ fixture: TicketingFixture, _ ticket: String, _ approvers: [String],
        _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params: JSON.Object = [
            "ticket": .string(ticket), "approvers": .array(approvers.map(JSON.string)),
        ]
        for (key, value) in more { params[key] = value }
        return try #require(try await fixture.call("approval.request", .object(params))["ref"])
    }

    private func vote(
        _ fixture: TicketingFixture, _ approval: JSON, _ vote: String, as name: String
    ) async throws -> JSON? {
        try await fixture.call(
            "approval.decide", ["approval": approval, "vote": .string(vote), "comment": "because"],
            as: Principal(name))["state"]
    }

    @Test func `A request waits for those who are asked, and goes on when they agree`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let approval = try await ask(fixture, key, ["bob", "eve"], ["mode": "all"])
            #expect(try await fixture.ticket(key)["state"] == "awaiting_approval")
            let early = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "in_progress"])
            #expect(early?.kind == "not_ready")
            #expect(early?.fields.map(\.path) == ["approvals"])
            #expect(try await vote(fixture, approval, "approve", as: "bob") == "pending")
            let twice = await fixture.refusal(
                "approval.decide", ["approval": approval, "vote": "reject"], as: Principal("bob"))
            #expect(twice?.kind == "conflict")
            let other = await fixture.refusal(
                "approval.decide", ["approval": approval, "vote": "approve"], as: Principal("ann"))
            #expect(other?.kind == "forbidden")
            #expect(try await vote(fixture, approval, "approve", as: "eve") == "approved")
            #expect(try await fixture.ticket(key)["state"] == "in_progress")
            #expect(try await fixture.events("approval.decided").count == 2)
            #expect(try await fixture.audited("approval.requested").count == 1)
        }
    }

    @Test func `A request that is rejected says by whom and why`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let approval = try await ask(fixture, key, ["bob"])
            #expect(try await vote(fixture, approval, "reject", as: "bob") == "rejected")
            let ticket = try await fixture.ticket(key)
            #expect(ticket["state"] == "rejected")
            #expect(ticket["resolution"] == "Rejected by bob: because")
            try await fixture.move(key, "closed")
            let late = await fixture.refusal(
                "approval.request", ["ticket": .string(key), "approvers": ["eve"]])
            #expect(late?.kind == "conflict")
        }
    }

    @Test func `What was agreed to and is changed is void, and has to be asked for again`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let approval = try await ask(fixture, key, ["bob"])
            // What nobody agrees to may change.
            try await fixture.call(
                "ticket.update", ["ticket": .string(key), "impact": 1, "urgency": 1])
            #expect(
                try await fixture.call("approval.get", ["approval": approval])["state"] == "pending"
            )
            try await fixture.call(
                "ticket.update", ["ticket": .string(key), "title": "two laptops"])
            #expect(
                try await fixture.call("approval.get", ["approval": approval])["state"] == "void")
            #expect(try await fixture.events("approval.voided").count == 1)
            let over = await fixture.refusal(
                "approval.decide", ["approval": approval, "vote": "approve"], as: Principal("bob"))
            #expect(over?.kind == "conflict")
            #expect(try await fixture.ticket(key)["state"] == "awaiting_approval")
            let again = try await ask(fixture, key, ["bob"])
            #expect(try await vote(fixture, again, "approve", as: "bob") == "approved")
            #expect(try await fixture.ticket(key)["state"] == "in_progress")
        }
    }

    @Test func `A link that was made meanwhile is another subject too`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let approval = try await ask(fixture, key, ["bob"])
            try await fixture.call(
                "link.create",
                ["from": .string("ticket:\(key)"), "relation": "affects", "to": "ci:1"])
            let refused = await fixture.refusal(
                "approval.decide", ["approval": approval, "vote": "approve"], as: Principal("bob"))
            #expect(refused?.kind == "conflict")
            #expect(try await fixture.ticket(key)["state"] == "awaiting_approval")
        }
    }

    @Test func `All approvals that were asked for have to be given`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let first = try await ask(fixture, key, ["bob"])
            let second = try await ask(fixture, key, ["eve"])
            _ = try await vote(fixture, first, "approve", as: "bob")
            #expect(try await fixture.ticket(key)["state"] == "awaiting_approval")
            _ = try await vote(fixture, second, "approve", as: "eve")
            #expect(try await fixture.ticket(key)["state"] == "in_progress")
        }
    }

    @Test func `A ticket that goes another way takes what is asked along`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await laptop(fixture)
            let approval = try await ask(fixture, key, ["bob"])
            try await fixture.move(key, "cancelled")
            #expect(
                try await fixture.call("approval.get", ["approval": approval])["state"]
                    == "cancelled")
            #expect(try await fixture.events("approval.cancelled").count == 1)
        }
    }

    @Test func `Approvals are listed by state, ticket and approver`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let (one, two) = (try await laptop(fixture), try await laptop(fixture))
            _ = try await ask(fixture, one, ["bob"])
            _ = try await ask(fixture, two, ["eve", "bob_2"])
            _ = try await ask(fixture, two, ["bob"])
            func tickets(_ params: JSON) async throws -> [JSON?] {
                try await fixture.call("approval.list", params)["items"]?.array?
                    .map { $0["ticket"] } ?? []
            }
            #expect(try await tickets(["approver": "bob"]) == [.string(two), .string(one)])
            #expect(try await tickets(["approver": "bob_2"]) == [.string(two)])
            #expect(try await tickets(["approver": "b%"]) == [])
            #expect(try await tickets(["ticket": .string(one)]) == [.string(one)])
            #expect(try await tickets(["state": "approved"]) == [])
            let page = try await fixture.call("approval.list", ["limit": 2])
            let rest = try await tickets(["cursor": try #require(page["next_cursor"])])
            #expect(rest == [.string(one)])
        }
    }

    @Test func `Incidents need no approval`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await fixture.open("Down")
            let error = await fixture.refusal(
                "approval.request", ["ticket": .string(key), "approvers": ["bob"]])
            #expect(error?.fields.map(\.path) == ["ticket"])
            let unknown = await fixture.refusal("approval.get", ["approval": "approval:9"])
            #expect(unknown?.kind == "not_found")
            #expect(try await fixture.count("ticketing_approval") == 0)
        }
    }
}
