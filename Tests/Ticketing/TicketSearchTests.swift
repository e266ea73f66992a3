import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What a ticket is found by beside its own words and its lines.
@Suite struct TicketSearchTests {
    private func found(
        _ fixture: TicketingFixture, _ text: String, _ facets: JSON.Object
    ) async throws -> [String] {
        let page = try await fixture.call(
            "search.query", ["text": .string(text), "facets": .object(facets)])
        #expect(page["total"]?.int == page["items"]?.array?.count)
        return (page["items"]?.array ?? []).compactMap { $0["ref"]?.string }
    }

    @Test func `A change is found by its plan, as long as that says so`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "change.create",
                [
                    "title": "move", "plan": "zebrafish procedure", "backout_plan": "walrus",
                    "reason": "okapi",
                ])
            for word in ["zebrafish", "walrus", "okapi"] {
                #expect(try await fixture.found(word) == ["ticket:CHG-1"], "\(word)")
            }
            try await fixture.call("ticket.comment", ["ticket": "CHG-1", "body": "soon"])
            #expect(try await fixture.found("zebrafish") == ["ticket:CHG-1"])
            try await fixture.call(
                "change.update", ["change": "CHG-1", "plan": "narwhal", "test_plan": "gecko"])
            #expect(try await fixture.found("zebrafish").isEmpty)
            for word in ["narwhal", "walrus", "gecko", "soon"] {
                #expect(try await fixture.found(word) == ["ticket:CHG-1"], "\(word)")
            }
        }
    }

    @Test func `Fields of an installation are found and filtered by`() async throws {
        let fields: JSON = [
            "fields": [
                ["name": "site", "type": "choice", "options": ["ulm", "bonn"]],
                ["name": "cost", "type": "number"], ["name": "vip", "type": "boolean"],
                ["name": "story"],
            ]
        ]
        try await TicketingFixture.run(fields) { fixture in
            let story = "the pangolin " + String(repeating: "went on ", count: 50)
            try await fixture.open(
                "printer",
                [
                    "fields": [
                        "site": "ulm", "cost": 12.5, "vip": true, "story": .string(story),
                    ]
                ])
            try await fixture.open("printer", ["fields": ["site": "bonn"]])
            #expect(try await fixture.found("pangolin") == ["ticket:INC-1"])
            #expect(try await found(fixture, "printer", ["fields.site": "ulm"]) == ["ticket:INC-1"])
            #expect(
                try await found(fixture, "printer", ["fields.cost": "12.5"]) == ["ticket:INC-1"])
            #expect(try await found(fixture, "printer", ["fields.vip": "true"]) == ["ticket:INC-1"])
            try await fixture.call(
                "ticket.update",
                ["ticket": "INC-1", "fields": ["site": "bonn", "story": "the quokka"]])
            #expect(try await fixture.found("pangolin").isEmpty)
            #expect(try await fixture.found("quokka") == ["ticket:INC-1"])
            #expect(try await found(fixture, "printer", ["fields.site": "ulm"]) == [])
            #expect(try await found(fixture, "printer", ["fields.site": "bonn"]).count == 2)
        }
    }

    @Test func `What is said to and by those who agree is found`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("two laptops", ["kind": "request"])
            let approval = try await fixture.call(
                "approval.request",
                ["ticket": "REQ-1", "approvers": ["bob"], "comment": "for the axolotl team"])
            #expect(try await fixture.found("axolotl") == ["ticket:REQ-1"])
            try await fixture.call(
                "approval.decide",
                [
                    "approval": approval["ref"] ?? .null, "vote": "reject",
                    "comment": "buy a capybara",
                ], as: Principal("bob"))
            for word in ["axolotl", "capybara"] {
                #expect(try await fixture.found(word) == ["ticket:REQ-1"], "\(word)")
            }
        }
    }

    @Test func `A ticket is found by the names of its files, and not by those that are gone`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for title in ["one", "two"] { try await fixture.open(title) }
            for name in ["ocelot.log", "tapir.png"] {
                try await fixture.call(
                    "ticket.attach",
                    ["ticket": "INC-1", "name": .string(name), "content": "YWJj"])
            }
            #expect(try await fixture.found("ocelot") == ["ticket:INC-1"])
            try await fixture.call(
                "ticket.attachment.delete", ["attachment": "attachment:1"])
            #expect(try await fixture.found("ocelot").isEmpty)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            #expect(try await fixture.found("tapir") == ["ticket:INC-2"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await fixture.found("tapir") == ["ticket:INC-1"])
        }
    }

    @Test func `A plan without end is found by its beginning, and costs no more than lines do`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let long = String(repeating: "a ", count: 40_000)
            try await fixture.call(
                "change.create",
                [
                    "title": "move", "reason": "marmot", "plan": .string(long),
                    "test_plan": "lemming",
                ])
            #expect(try await fixture.found("marmot") == ["ticket:CHG-1"])
            #expect(try await fixture.found("lemming").isEmpty)
        }
    }
}
