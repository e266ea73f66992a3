import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What somebody has not agreed to is not done, whoever else has.
@Suite struct RefusalTests {
    private func ask(
        _ fixture: TicketingFixture, _ ticket: String, _ approver: String,
        _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params: JSON.Object = ["ticket": .string(ticket), "approvers": [.string(approver)]]
        for (key, value) in more { params[key] = value }
        return try #require(try await fixture.call("approval.request", .object(params))["ref"])
    }

    private func vote(
        _ fixture: TicketingFixture, _ approval: JSON, _ vote: String, as name: String
    ) async throws {
        try await fixture.call(
            "approval.decide", ["approval": approval, "vote": .string(vote)], as: Principal(name))
    }

    private func state(_ fixture: TicketingFixture, _ approval: JSON) async throws -> JSON? {
        try await fixture.call("approval.get", ["approval": approval])["state"]
    }

    private func emergency(_ fixture: TicketingFixture) async throws -> String {
        let page = try await fixture.call(
            "change.create",
            [
                "title": "stop the leak", "type": "emergency", "requester": "ann",
                "window_from": try berlin("06 20:00"), "window_to": try berlin("06 22:00"),
            ])
        let key = try #require(page["ticket"]?["key"]?.string)
        try await fixture.move(key, "authorize")
        return key
    }

    private func missing(
        _ fixture: TicketingFixture, _ key: String, _ state: String, _ more: JSON.Object = [:]
    ) async -> [String]? {
        var params: JSON.Object = ["ticket": .string(key), "to": .string(state)]
        for (name, value) in more { params[name] = value }
        let error = await fixture.refusal("ticket.transition", .object(params))
        return error?.kind == "not_ready" ? error?.fields.map(\.path) : [error?.kind ?? ""]
    }

    @Test func `A refusal takes away what others have agreed to`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await emergency(fixture)
            let (eve, bob) = (
                try await ask(fixture, key, "eve"), try await ask(fixture, key, "bob")
            )
            let carl = try await ask(fixture, key, "carl")
            try await vote(fixture, bob, "approve", as: "bob")
            try await vote(fixture, eve, "reject", as: "eve")
            #expect(try await fixture.ticket(key)["state"] == "new")
            #expect(try await state(fixture, bob) == "void")
            #expect(try await state(fixture, carl) == "void")
            try await fixture.move(key, "authorize")
            #expect(await missing(fixture, key, "scheduled") == ["approvals"])
            let again = try await ask(fixture, key, "eve")
            try await vote(fixture, again, "approve", as: "eve")
            try await fixture.move(key, "scheduled")
        }
    }

    @Test func `A request that became another one is agreed to anew before it is resolved`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await fixture.open(
                "a laptop", ["kind": "request", "requester": "ann"])
            let first = try await ask(fixture, key, "bob")
            try await vote(fixture, first, "approve", as: "bob")
            try await fixture.call(
                "ticket.update", ["ticket": .string(key), "title": "ten laptops"])
            #expect(try await state(fixture, first) == "void")
            let done: JSON.Object = ["resolution": "handed over"]
            #expect(await missing(fixture, key, "resolved", done) == ["approvals"])
            try await fixture.move(key, "on_hold", ["hold_reason": "awaiting_caller"])
            let second = try await ask(fixture, key, "bob")
            #expect(await missing(fixture, key, "resolved", done) == ["approvals"])
            try await vote(fixture, second, "reject", as: "bob")
            #expect(await missing(fixture, key, "resolved", done) == ["approvals"])
            let third = try await ask(fixture, key, "bob")
            try await vote(fixture, third, "approve", as: "bob")
            try await fixture.resolve(key, "handed over")
            // What nobody was asked about needs no approval.
            let free = try await fixture.open("a pen", ["kind": "request", "requester": "ann"])
            try await fixture.move(free, "in_progress")
            try await fixture.resolve(free, "handed over")
        }
    }

    @Test func `Who agreed to one freeze has not agreed to the next`() async throws {
        try await TicketingFixture.onMonday { fixture in
            func freeze(_ name: String) async throws -> JSON? {
                try await fixture.call(
                    "freeze.create",
                    [
                        "name": .string(name), "from": try berlin("06 00:00"),
                        "to": try berlin("07 00:00"),
                    ])["ref"]
            }
            let audit = try await freeze("audit")
            let key = try await emergency(fixture)
            let approval = try await ask(fixture, key, "bob", ["overrides_freeze": true])
            try await vote(fixture, approval, "approve", as: "bob")
            let shown = try await fixture.call("approval.get", ["approval": approval])
            #expect(shown["freezes"]?.array == [try #require(audit)])
            try await fixture.move(key, "scheduled")
            try await fixture.pass(to: "06 20:00")
            _ = try await freeze("fair")
            #expect(await missing(fixture, key, "implement") == ["window_from"])
            try await fixture.call("freeze.delete", ["freeze": "fair"])
            try await fixture.move(key, "implement")
        }
    }

    @Test func `Approvals are listed by the very name of an approver`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await emergency(fixture)
            let approval = try await ask(fixture, key, "Anna")
            func refs(_ name: String) async throws -> [JSON?]? {
                try await fixture.call("approval.list", ["approver": .string(name)])["items"]?
                    .array?.map { $0["ref"] }
            }
            #expect(try await refs("Anna") == [approval])
            #expect(try await refs("anna") == [])
            #expect(try await refs("Ann") == [])
        }
    }
}
