import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The decisions about triggers as values: conditions, places in texts, and what stops a circle.
@Suite struct TriggerRulesTests {
    private static let fields: [JSON] = [
        ["name": "cost_center", "type": "number", "kinds": ["request"]], ["name": "vip"],
        ["name": "amount", "type": "number"], ["name": "until", "type": "date"],
    ]

    private func ticket(_ change: (inout Ticket) -> Void = { _ in }) throws -> Ticket {
        var wish = CreateTicket()
        wish.title = "The printer\nis on fire"
        wish.impact = 1
        wish.requester = "carl"
        wish.labels = ["env": "production", "version": "1.10"]
        wish.fields = ["vip": "yes", "amount": 1e3, "until": "2026-03-31"]
        var ticket = try TicketDesk.draft(
            wish, policy(), at: Instant(milliseconds: 1_767_225_600_000))
        change(&ticket)
        return ticket
    }

    private func policy() throws -> TicketingPolicy {
        var settings = TicketingSettings()
        settings.fields = Self.fields
        return try TicketingPolicy(settings)
    }

    // MARK: - Conditions

    @Test(
        arguments: [
            ("kind", "=", "incident", true), ("kind", "!=", "incident", false),
            ("priority", "=", 3, true), ("priority", "=~", "1|2", false),
            ("impact", "=", "1", true), ("known_error", "=", false, true),
            ("title", "=~", ".*printer.*", true), ("title", "=~", "(?i).*PRINTER.*FIRE", true),
            ("title", "=~", "printer", false), ("title", "!~", ".*mouse.*", true),
            ("labels.env", "=", "production", true), ("labels.site", "=", "", true),
            ("labels.site", "!=", "", false), ("labels.site", "=~", ".+", false),
            ("fields.vip", "=", "yes", true), ("fields.cost_center", "=", "", true),
            ("assignee", "=", "", true), ("requester", "=~", "c.*", true),
            ("previous_state", "=", "new", true), ("author", "=", "", true),
            // A number is compared with numbers, however it is written.
            ("priority", "=", 3.0, true), ("priority", "!=", 3.0, false),
            ("priority", "<", 10, true), ("priority", "<=", 3, true), ("priority", ">", 3, false),
            ("priority", ">=", 3, true), ("fields.amount", ">", 999.5, true),
            ("fields.amount", "=", 1000, true), ("fields.amount", "<", 999, false),
            // What is not there is neither less nor more.
            ("fields.cost_center", "<", 1, false), ("fields.cost_center", ">=", 1, false),
            ("fields.cost_center", "!=", 1, true), ("title", ">", 1, false),
            // A version is a text where it is given as one.
            ("labels.version", "=", "1.1", false), ("labels.version", "=", 1.1, true),
            ("created_at", "=", "2026-01-01T01:00:00+01:00", true),
            ("created_at", ">=", "2026-01-01", true), ("created_at", "<", "2026-01-01", false),
            ("resolved_at", "<", "2030-01-01", false), ("fields.until", "<", "2026-04-01", true),
        ] as [(String, String, JSON, Bool)])
    func `A condition compares a member with the words of selectors`(
        field: String, word: String, value: JSON, holds: Bool
    ) throws {
        let condition = TriggerCondition(
            field: field, operator: TriggerCondition.Operator(rawValue: word), value: value)
        try condition.check("conditions[0]", policy().fields)
        let facts = try TicketFacts(ticket(), happened: ["previous_state": "new"])
        #expect(ConditionTest(condition).holds(for: facts) == holds)
    }

    @Test func `A text that is too long to be judged fulfils neither of the two`() throws {
        let facts = try TicketFacts(
            ticket { $0.description = String(repeating: "x", count: 50_000) })
        let wide = "(\\p{L}|[0-9]){1,8}"
        for word in [TriggerCondition.Operator.matches, .doesNotMatch] {
            let condition = TriggerCondition(
                field: "description", operator: word, value: .string(wide))
            try condition.check("c", policy().fields)
            #expect(!ConditionTest(condition).holds(for: facts))
            #expect(
                ConditionTest(condition).holds(for: try TicketFacts(ticket { $0.description = "" }))
                    == (word == .doesNotMatch))
        }
    }

    @Test func `All of the conditions have to hold, and one of those of which any has to`() throws {
        func failing(_ conditions: [TriggerCondition], _ anyOf: [TriggerCondition]) throws
            -> [String]
        {
            let trigger = Trigger(
                ref: Trigger.ref(1), name: "t", description: "", rank: 1, active: true, kinds: [],
                event: .created, conditions: conditions, anyOf: anyOf, actions: TriggerActions(),
                createdAt: Instant(milliseconds: 0), updatedAt: Instant(milliseconds: 0),
                generation: 1)
            let (judge, facts) = (TriggerJudge(trigger), try TicketFacts(ticket()))
            let failing = try judge.failing(ticket(), facts)
            #expect(try judge.holds(ticket(), facts) == failing.isEmpty)
            return failing
        }
        let urgent = TriggerCondition(field: "priority", operator: .less, value: 3)
        let carl = TriggerCondition(field: "requester", value: "carl")
        let test = TriggerCondition(field: "labels.env", value: "test")
        #expect(try failing([carl], []) == [])
        #expect(try failing([carl], [urgent, carl]) == [])
        #expect(
            try failing([carl], [urgent, test]) == [
                #"any of: priority < "3", and it is "3"; labels.env = "test", and it is "production""#
            ])
        #expect(try failing([urgent, test], [carl]).count == 2)
    }

    @Test func `A condition without an operator asks for what is equal`() throws {
        let condition = TriggerCondition(field: "urgency", value: 3)
        #expect(ConditionTest(condition).holds(for: try TicketFacts(ticket())))
        #expect(condition.text == #"urgency = "3""#)
    }

    @Test(arguments: [
        (TriggerCondition(field: "colour", value: "red"), "c.field"),
        (TriggerCondition(field: "labels.", value: "red"), "c.field"),
        (TriggerCondition(field: "fields.colour", value: "red"), "c.field"),
        (TriggerCondition(field: "title", operator: .matches, value: "(["), "c.value"),
        (TriggerCondition(field: "title", operator: .less, value: "b"), "c.value"),
        (TriggerCondition(field: "title", operator: .greaterOrEqual, value: true), "c.value"),
        (TriggerCondition(field: "title", value: ["a", "b"]), "c.value"),
        (TriggerCondition(field: "title", value: ["a": 1]), "c.value"),
    ])
    func `A condition that cannot be is refused by its member`(
        condition: TriggerCondition, path: String
    ) throws {
        let error = #expect(throws: RPCError.self) {
            try condition.check("c", policy().fields)
        }
        #expect(error?.fields.map(\.path) == [path])
    }

    // MARK: - Texts

    @Test func `A text is filled by a ticket, with nothing where there is nothing`() throws {
        let text = try PlacedText(
            ofTicket: "{{ticket.requester}}: {{ ticket.labels.env }}/{{ticket.labels.site}}"
                + "/{{ticket.fields.vip}}/{{ticket.priority}}{{ticket.queue}}", at: "note",
            policy().fields)
        #expect(text.filled(by: try TicketFacts(ticket())) == "carl: production//yes/3")
    }

    @Test(arguments: [
        "{{ticket.colour}}", "{{title}}", "{{ticket.key", "{{ticket.fields.colour}}",
        "{{ticket.author}}",
    ])
    func `A place that nothing fills is refused`(text: String) throws {
        let error = #expect(throws: RPCError.self) {
            try PlacedText(ofTicket: text, at: "note", policy().fields)
        }
        #expect(error?.fields.map(\.path) == ["note"])
    }

    // MARK: - Actions

    @Test(
        arguments: [
            (["impact": 4], "actions.impact"), (["urgency": 0], "actions.urgency"),
            (["fields": ["colour": 1]], "actions.fields.colour"),
            (["assignee": "a", "in_turn": ["b"]], "actions.in_turn"),
            (["in_turn": []], "actions.in_turn"), (["in_turn": [""]], "actions.in_turn"),
            (["note": ""], "actions.note"), (["message": "{{x}}"], "actions.message"),
            (["resolution": "done"], "actions.resolution"),
            (["hold_reason": "awaiting_caller"], "actions.hold_reason"), ([:], "actions"),
        ] as [(JSON, String)])
    func `Actions that cannot be are refused by their member`(json: JSON, path: String) throws {
        let actions = try json.decode(TriggerActions.self)
        let error = #expect(throws: RPCError.self) { try actions.check(policy().fields) }
        #expect(error?.fields.map(\.path) == [path])
    }

    // MARK: - Circles

    @Test func `A trigger runs once on a ticket, and by its own act it does not run again`() {
        var circles = TriggerGuard()
        #expect(circles.judge(1, on: "INC-1", by: .request) == .run)
        #expect(circles.judge(1, on: "INC-1", by: .request) == .ignore)
        #expect(circles.judge(1, on: "INC-1", by: .request.followed(by: 1)) == .ignore)
        #expect(circles.judge(1, on: "INC-2", by: .request) == .run)
        #expect(circles.judge(2, on: "INC-1", by: .request.followed(by: 1)) == .run)
    }

    @Test func `A circle of triggers is stopped, and told once`() {
        var circles = TriggerGuard()
        #expect(circles.judge(1, on: "INC-1", by: .request) == .run)
        #expect(circles.judge(2, on: "INC-1", by: .request.followed(by: 1)) == .run)
        let back = TriggerGuard.Cause.request.followed(by: 1).followed(by: 2)
        guard case .stop = circles.judge(1, on: "INC-1", by: back) else {
            Issue.record("the circle goes on")
            return
        }
        #expect(circles.judge(1, on: "INC-1", by: back) == .ignore)
    }

    @Test func `A chain ends after ten triggers`() {
        var circles = TriggerGuard()
        var cause = TriggerGuard.Cause.request
        for trigger in 1...TriggerGuard.longestChain {
            #expect(circles.judge(trigger, on: "INC-1", by: cause) == .run)
            cause = cause.followed(by: trigger)
        }
        #expect(
            circles.judge(99, on: "INC-1", by: cause)
                == .stop(because: "10 triggers have followed one another"))
    }

    // MARK: - Events

    @Test func `Only what is said of tickets has an event of triggers`() {
        #expect(TriggerEvent(topic: "ticket.transitioned") == .transitioned)
        #expect(TriggerEvent(topic: "ticket.waiting") == nil)
        #expect(TriggerEvent(topic: "ticket.merged") == nil)
        #expect(TriggerEvent(topic: "sla.breached") == nil)
    }
}
