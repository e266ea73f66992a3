/// A trigger, ready to be held against tickets.
struct TriggerJudge: Sendable {
    let trigger: Trigger
    private let conditions: [ConditionTest]
    private let anyOf: [ConditionTest]

    init(_ trigger: Trigger) {
        self.trigger = trigger
        conditions = trigger.conditions.map(ConditionTest.init)
        anyOf = trigger.anyOf.map(ConditionTest.init)
    }

    /// Whether it is to run.
    func holds(_ ticket: Ticket, _ facts: TicketFacts) -> Bool {
        trigger.concerns(ticket.kind) && (trigger.state ?? ticket.state) == ticket.state
            && conditions.allSatisfy { $0.holds(for: facts) }
            && (anyOf.isEmpty || anyOf.contains { $0.holds(for: facts) })
    }

    /// What does not hold, and what is there instead; nothing when it is to run.
    func failing(_ ticket: Ticket, _ facts: TicketFacts) -> [String] {
        var failing: [String] = []
        if !trigger.concerns(ticket.kind) {
            let names = trigger.kinds.map(\.rawValue).joined(separator: ", ")
            failing.append("kinds \(names), and it is \"\(ticket.kind.rawValue)\"")
        }
        if let state = trigger.state, state != ticket.state {
            failing.append("state \(state.rawValue), and it is \"\(ticket.state.rawValue)\"")
        }
        failing += conditions.filter { !$0.holds(for: facts) }.map { Self.words($0, facts) }
        if !anyOf.isEmpty, !anyOf.contains(where: { $0.holds(for: facts) }) {
            let each = anyOf.map { Self.words($0, facts) }.joined(separator: "; ")
            failing.append("any of: \(each)")
        }
        return failing
    }

    private static func words(_ test: ConditionTest, _ facts: TicketFacts) -> String {
        let value = facts.value(of: test.condition.field)
        let shown = value.utf8.count > 200 ? "\(value.prefix(200))…" : value
        return "\(test.condition.text), and it is \"\(shown)\""
    }
}
