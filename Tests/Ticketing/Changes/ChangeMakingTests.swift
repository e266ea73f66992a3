import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What becomes of a change once it is agreed to: when it is begun, and what is written down of it.
@Suite struct ChangeMakingTests {
    /// A standard change on Saturday from ten to eleven.
    private func saturday(_ fixture: TicketingFixture) async throws -> String {
        try await fixture.call(
            "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
        let page = try await fixture.call(
            "change.create",
            [
                "title": "reboot", "type": "standard", "model": "m", "items": ["ci:1", "ci:2"],
                "window_from": try berlin("10 10:00"), "window_to": try berlin("10 11:00"),
            ])
        let key = try #require(page["ticket"]?["key"]?.string)
        try await fixture.move(key, "scheduled")
        return key
    }

    private func missing(_ fixture: TicketingFixture, _ key: String) async -> [String]? {
        let error = await fixture.refusal(
            "ticket.transition", ["ticket": .string(key), "to": "implement"])
        return error?.kind == "not_ready" ? error?.fields.map(\.path) : [error?.kind ?? ""]
    }

    @Test func `A change is begun in its window, and so in no freeze that was not looked at`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await saturday(fixture)
            try await fixture.call(
                "freeze.create",
                ["name": "fair", "from": try berlin("06 00:00"), "to": try berlin("09 00:00")])
            try await fixture.pass(to: "07 12:00")
            #expect(await missing(fixture, key) == ["window_from"])
            try await fixture.pass(to: "10 11:00")
            #expect(await missing(fixture, key) == ["window_to"])
            try await fixture.call(
                "change.update",
                ["change": .string(key), "window_to": try berlin("10 12:00")])
            try await fixture.move(key, "implement")
        }
    }

    @Test func `What is written down while a change is made leaves its risk`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await saturday(fixture)
            try await fixture.call(
                "change.update",
                ["change": .string(key), "risk": "medium", "risk_reason": "two at once"])
            try await fixture.pass(to: "10 10:00")
            try await fixture.move(key, "implement")
            let page = try await fixture.call(
                "change.update", ["change": .string(key), "outage": true])
            #expect(page["change"]?["outage"] == true)
            #expect(page["change"]?["risk"] == "medium")
            #expect(page["change"]?["risk_reason"] == "two at once")
        }
    }

    @Test func `Who took which item out of a change can be told`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await saturday(fixture)
            let ref = JSON.string("ticket:\(key)")
            func entries(_ action: String) async throws -> [String] {
                try await fixture.audited(action).compactMap {
                    ($0.after ?? $0.before)?["to"]?.string
                }
            }
            #expect(try await entries("ticket.linked") == ["ci:1", "ci:2"])
            try await fixture.call(
                "change.update", ["change": .string(key), "items": ["ci:2", "ci:3"]])
            #expect(try await entries("ticket.linked") == ["ci:1", "ci:2", "ci:3"])
            #expect(try await entries("ticket.unlinked") == ["ci:1"])
            let told = try await fixture.events("ticket.unlinked")
            #expect(told.map(\.data) == [["ticket": ref, "relation": "affects", "to": "ci:1"]])
            // The same items again are nothing new.
            try await fixture.call(
                "change.update", ["change": .string(key), "items": ["ci:2", "ci:3"]])
            #expect(try await entries("ticket.linked").count == 3)
        }
    }

    @Test func `The second of two planners is told what the first has planned otherwise`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let made = try await fixture.call(
                "change.create", ["title": "reboot", "plan": "pull the plug", "items": ["ci:1"]])
            #expect(made["ticket"]?["generation"] == 1)
            try await fixture.call(
                "change.update",
                [
                    "change": "CHG-1", "plan": "ask first", "items": ["ci:2"], "outage": true,
                    "generation": 1,
                ])
            try await fixture.call("ticket.update", ["ticket": "CHG-1", "title": "restart"])
            let first = await fixture.refusal(
                "change.update", ["change": "CHG-1", "plan": "mine", "generation": 1])
            #expect(first?.kind == "stale_generation")
            #expect(
                first?.fields == [
                    .init(path: "title", reason: #"is "restart", and was "reboot""#),
                    .init(path: "outage", reason: "is true, and was false"),
                    .init(path: "plan", reason: #"is "ask first", and was "pull the plug""#),
                    .init(path: "items", reason: #""ci:1" was taken away"#),
                    .init(path: "items", reason: #""ci:2" came to it"#),
                ])
            let second = await fixture.refusal(
                "change.update", ["change": "CHG-1", "plan": "mine", "generation": 2])
            #expect(second?.fields.map(\.path) == ["title"])
            #expect(
                try await fixture.call("change.get", ["change": "CHG-1"])["change"]?["plan"]
                    == "ask first")
        }
    }

    @Test func `A planner is told of items that came and went as links, among many others`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call("change.create", ["title": "reboot", "items": ["ci:1"]])
            await fixture.time.advance(by: .seconds(1))
            let others = (1...101).map { ("relates_to", "ci:9\($0)") }
            for (relation, item) in others + [("affects", "ci:2")] {
                try await fixture.call(
                    "link.create",
                    [
                        "from": "ticket:CHG-1", "relation": .string(relation),
                        "to": .string(item),
                    ])
            }
            try await fixture.call(
                "link.delete", ["from": "ticket:CHG-1", "relation": "affects", "to": "ci:1"])
            try await fixture.call("ticket.update", ["ticket": "CHG-1", "title": "restart"])
            let error = await fixture.refusal(
                "change.update", ["change": "CHG-1", "plan": "mine", "generation": 1])
            #expect(
                error?.fields == [
                    .init(path: "title", reason: #"is "restart", and was "reboot""#),
                    .init(path: "items", reason: #""ci:2" came to it"#),
                    .init(path: "items", reason: #""ci:1" was taken away"#),
                ])
        }
    }

    @Test func `Who changes or deletes what was changed meanwhile is told how`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.call(
                "queue.update", ["queue": "net", "description": "cables", "assignee": "anna"])
            for (method, more) in [
                ("queue.update", ["description": "mine"]), ("queue.delete", [:]),
            ] as [(String, JSON.Object)] {
                var params = more
                (params["queue"], params["generation"]) = ("net", 1)
                let error = await fixture.refusal(method, .object(params))
                #expect(error?.kind == "stale_generation")
                #expect(
                    error?.fields == [
                        .init(path: "assignee", reason: #"is "anna", and was nothing"#),
                        .init(path: "description", reason: #"is "cables", and was """#),
                    ])
            }
        }
    }
}
