import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Members that an installation gives its tickets.
@Suite struct FieldTests {
    private static let config: JSON = [
        "fields": [
            ["name": "site", "type": "choice", "options": ["ulm", "bonn"], "required": true],
            ["name": "cost_center", "type": "number", "kinds": ["request"]],
            ["name": "since", "type": "date"],
            ["name": "vip", "type": "boolean"],
            ["name": "contact"],
        ]
    ]

    @Test func `Values are checked by their type and kind, all at once`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            let error = await fixture.refusal(
                "ticket.create",
                [
                    "title": "x",
                    "fields": [
                        "site": "rome", "cost_center": 7, "since": "yesterday", "vip": "yes",
                        "contact": 1, "colour": "red",
                    ],
                ])
            let paths = Set((error?.fields ?? []).map(\.path))
            #expect(
                paths == [
                    "fields.site", "fields.cost_center", "fields.since", "fields.vip",
                    "fields.contact", "fields.colour",
                ])
            let missing = await fixture.refusal("ticket.create", ["title": "x"])
            #expect(missing?.fields == [.init(path: "fields.site", reason: "is required")])
            let count = try await fixture.count("ticketing_ticket")
            #expect(count == 0)
        }
    }

    @Test func `A change takes values over, and null takes one away unless it is required`()
        async throws
    {
        try await TicketingFixture.run(Self.config) { fixture in
            let key = try await fixture.open(
                "x",
                [
                    "kind": "request",
                    "fields": ["site": "ulm", "cost_center": 7, "since": "2026-02-28"],
                ])
            let changed = try await fixture.call(
                "ticket.update",
                [
                    "ticket": .string(key),
                    "fields": ["site": "bonn", "cost_center": nil, "vip": true],
                ])
            #expect(changed["fields"] == ["site": "bonn", "since": "2026-02-28", "vip": true])
            let needed = await fixture.refusal(
                "ticket.update", ["ticket": .string(key), "fields": ["site": nil]])
            #expect(needed?.fields.map(\.path) == ["fields.site"])
            #expect(try await fixture.ticket(key) == changed)
        }
    }

    @Test(
        arguments: [
            ([["name": "x", "type": "colour"]], "fields[0].type"),
            ([["name": "Big"]], "fields[0].name"),
            ([["name": "x", "type": "choice"]], "fields[0].options"),
            ([["name": "x", "options": ["a"]]], "fields[0].options"),
            ([["name": "x"], ["name": "x"]], "fields[1].name"),
            ([[:]], "fields[0].name"),
            ([1], "fields[0]"),
        ] as [(JSON, String)])
    func `A definition that is wrong is refused by its place`(entries: JSON, path: String) {
        do {
            _ = try CustomFields(entries.array ?? [])
            Issue.record("\(entries) was accepted")
        } catch {
            #expect(error.fields.map(\.path) == [path])
        }
    }
}
