import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What is said or asked for again and again.
@Suite struct TemplateTests {
    private static let config: JSON = [
        "fields": [["name": "cost_center", "type": "number", "kinds": ["request"]]]
    ]

    private func template(
        _ fixture: TicketingFixture, _ name: String, _ more: JSON.Object
    ) async throws {
        var params: JSON.Object = ["name": .string(name)]
        for (key, value) in more { params[key] = value }
        try await fixture.call("ticket.template.create", .object(params))
    }

    @Test func `A template comes, changes and goes, announced, audited and found`() async throws {
        try await TicketingFixture.run { fixture in
            let made = try await fixture.call(
                "ticket.template.create", ["name": "thanks", "body": "Gratitude, {{ticket.key}}"])
            #expect(made["ref"] == "ticket_template:1")
            #expect(try await fixture.found("gratitude") == ["ticket_template:1"])
            let changed = try await fixture.call(
                "ticket.template.update",
                ["template": "thanks", "members": ["urgency": 1], "generation": 1])
            #expect(changed["body"] == made["body"])
            #expect(
                try await fixture.call(
                    "ticket.template.get", ["template": "thanks"]) == changed)
            let list = try await fixture.call("ticket.template.list")
            #expect(list["items"] == [changed])
            let stale = await fixture.refusal(
                "ticket.template.delete", ["template": "thanks", "generation": 1])
            #expect(stale?.kind == "stale_generation")
            try await fixture.call("ticket.template.delete", ["template": "thanks"])
            #expect(try await fixture.call("ticket.template.list")["items"] == [])
            for what in ["created", "updated", "deleted"] {
                #expect(try await fixture.events("ticket.template.\(what)").count == 1)
                #expect(try await fixture.audited("ticket.template.\(what)").count == 1)
            }
        }
    }

    @Test(
        arguments: [
            (["body": "{{ticket.colour}}"], "body"), (["body": ""], "body"),
            (["members": ["title": "x"]], "members.title"),
            (["members": ["colour": "red"]], "members.colour"),
            (["members": ["impact": 4]], "members.impact"),
            (["members": ["fields": ["colour": 1]]], "members.fields.colour"),
            (["members": ["source": "x"]], "members.source"),
        ] as [(JSON, String)])
    func `What cannot be is refused by its member`(members: JSON, path: String) async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            var params = members.object ?? [:]
            params["name"] = "t"
            let error = await fixture.refusal("ticket.template.create", .object(params))
            #expect(error?.fields.map(\.path) == [path])
            let list = try await fixture.call("ticket.template.list")
            #expect(list["items"] == [])
        }
    }

    @Test func `A ticket takes from a template what is not said by hand`() async throws {
        try await TicketingFixture.run(Self.config) { fixture in
            try await fixture.call("queue.create", ["name": "office", "assignee": "anna"])
            try await template(
                fixture, "desk",
                [
                    "body": "{{ticket.requester}} needs a desk.",
                    "members": [
                        "kind": "request", "queue": "office", "urgency": 1, "impact": 2,
                        "labels": ["site": "ulm"], "fields": ["cost_center": 4711],
                    ],
                ])
            let ticket = try await fixture.call(
                "ticket.create",
                ["title": "A desk", "template": "desk", "requester": "carl", "urgency": 3])
            #expect(ticket["key"] == "REQ-1")
            #expect(ticket["queue"] == "office")
            #expect(ticket["assignee"] == "anna")
            #expect(ticket["impact"] == 2)
            // The default, but said by hand.
            #expect(ticket["urgency"] == 3)
            #expect(ticket["labels"] == ["site": "ulm"])
            #expect(ticket["fields"] == ["cost_center": 4711])
            #expect(ticket["description"] == "carl needs a desk.")
            let other = try await fixture.call(
                "ticket.create",
                ["title": "x", "template": "ticket_template:1", "description": "by hand"])
            #expect(other["description"] == "by hand")
            #expect(other["urgency"] == 1)
            let missing = await fixture.refusal(
                "ticket.create", ["title": "x", "template": "no"])
            #expect(missing?.fields.map(\.path) == ["template"])
        }
    }

    @Test func `A description names the ticket, its queue and who has it`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "office", "assignee": "anna"])
            try await template(
                fixture, "desk",
                [
                    "body": "{{ticket.key}} in {{ticket.queue}}, with {{ticket.assignee}}",
                    "members": ["queue": "office"],
                ])
            let ticket = try await fixture.call(
                "ticket.create", ["title": "A desk", "template": "desk"])
            #expect(ticket["description"] == "INC-1 in office, with anna")
            #expect(try await fixture.ticket("INC-1") == ticket)
            #expect(try await fixture.found("\"in office\"") == ["ticket:INC-1"])
            #expect(try await fixture.open("next") == "INC-2")
        }
    }

    @Test func `A comment is said by a template`() async throws {
        try await TicketingFixture.run { fixture in
            try await template(
                fixture, "thanks",
                ["body": "Thank you, {{ticket.requester}}: {{ticket.title}} is {{ticket.state}}."])
            try await template(fixture, "quiet", ["members": ["urgency": 1]])
            try await fixture.open("x", ["requester": "carl"])
            let entry = try await fixture.call(
                "ticket.comment", ["ticket": "INC-1", "template": "thanks", "work_ms": 1000])
            #expect(entry["body"] == "Thank you, carl: x is new.")
            try await template(fixture, "nothing", ["body": " {{ticket.workaround}}\n"])
            let nothing = await fixture.refusal(
                "ticket.comment", ["ticket": "INC-1", "template": "nothing"])
            #expect(nothing?.fields.map(\.path) == ["template"])
            #expect(entry["work_ms"] == 1000)
            #expect(try await fixture.found("carl") == ["ticket:INC-1"])
            for params in [
                ["ticket": "INC-1"],
                ["ticket": "INC-1", "body": "y", "template": "thanks"],
            ] as [JSON] {
                let error = await fixture.refusal("ticket.comment", params)
                #expect(error?.fields.map(\.path) == ["body"])
            }
            let empty = await fixture.refusal(
                "ticket.comment", ["ticket": "INC-1", "template": "quiet"])
            #expect(empty?.fields.map(\.path) == ["template"])
            #expect(try await fixture.lines("INC-1").count == 1)
        }
    }

    @Test func `Who asks uses the templates for tickets, and stays who asks`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "office"])
            try await template(
                fixture, "desk",
                ["body": "b", "members": ["queue": "office", "requester": "somebody"]])
            let ticket = try await fixture.call(
                "ticket.create", ["title": "A desk", "template": "desk"], uid: 5001)
            #expect(ticket["queue"] == "office")
            #expect(ticket["requester"] == "uid:5001")
            let said = await fixture.refusal(
                "ticket.comment",
                ["ticket": ticket["key"] ?? .null, "template": "desk"], uid: 5001)
            #expect(said?.fields.map(\.path) == ["template"])
        }
    }
}
