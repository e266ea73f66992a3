internal import OpsCore
internal import OpsJSONRPC

/// What a trigger does, in this order; one that is refused leaves the others as they are.
enum TriggerAct: CaseIterable, Sendable {
    case change, give, say, move

    func isAsked(of actions: TriggerActions) -> Bool {
        switch self {
        case .change:
            actions.impact != nil || actions.urgency != nil || actions.labels != nil
                || actions.fields != nil
        case .give: actions.queue != nil || actions.assignee != nil || actions.inTurn != nil
        case .say: actions.message != nil || actions.note != nil
        case .move: actions.to != nil
        }
    }

    /// Does it, and says what it changed.
    func carryOut(
        _ trigger: Trigger, on key: String, _ policy: TicketingPolicy, in tx: WriteTransaction
    ) throws -> [String] {
        let ticket = try TicketWriter.existing(key, in: tx)
        switch self {
        case .change: return try Self.change(ticket, trigger.actions, policy, in: tx)
        case .give: return try Self.give(ticket, trigger, in: tx)
        case .say: return try Self.say(on: ticket, trigger.actions, policy, in: tx)
        case .move: return try Self.move(ticket, trigger.actions, policy, in: tx)
        }
    }

    private static func change(
        _ old: Ticket, _ actions: TriggerActions, _ policy: TicketingPolicy,
        in tx: WriteTransaction
    ) throws -> [String] {
        var new = old
        new.impact = actions.impact ?? old.impact
        new.urgency = actions.urgency ?? old.urgency
        for (name, value) in actions.labels ?? [:] { new.labels[name] = value.orNil }
        if let fields = actions.fields {
            new.fields = try policy.fields.apply(fields, to: old.fields, of: old.kind)
        }
        try TicketDesk.prioritize(&new, nil, nil, by: policy.matrix)
        guard new != old else { return [] }
        let changes = Staleness.difference(from: old.json, to: new.json)
            .map { "\($0.path) \($0.reason)" }
        _ = try TicketWriter.append(
            .system, changes.joined(separator: "; "), to: new, in: tx)
        _ = try TicketWriter.update(old, to: new, as: "ticket.updated", in: tx)
        return changes
    }

    private static func give(
        _ old: Ticket, _ trigger: Trigger, in tx: WriteTransaction
    ) throws -> [String] {
        let actions = trigger.actions
        var new = old
        if let key = actions.queue { try TicketDesk.put(&new, into: key, in: tx) }
        if let assignee = actions.assignee { new.assignee = assignee.orNil }
        if let people = actions.inTurn {
            new.assignee = people[try TriggerWriter.nextTurn(of: trigger, in: tx) % people.count]
        }
        guard new != old else { return [] }
        try TicketWriter.noteAssignment(of: new, in: tx)
        _ = try TicketWriter.update(old, to: new, as: "ticket.assigned", in: tx)
        return ["assigned to \(new.assignee ?? "nobody"), queue \(new.queue ?? "none")"]
    }

    private static func say(
        on ticket: Ticket, _ actions: TriggerActions, _ policy: TicketingPolicy,
        in tx: WriteTransaction
    ) throws -> [String] {
        let facts = TicketFacts(ticket)
        var said: [String] = []
        for (text, isNote) in [(actions.message, false), (actions.note, true)] {
            guard let text else { continue }
            let body = try PlacedText(ofTicket: text, at: "actions", policy.fields)
                .filled(by: facts)
            // Where nothing fills its places there is nothing to say.
            guard !body.isBlank else { continue }
            var wish = CommentTicket()
            wish.ticket = ticket.key
            wish.body = body
            wish.note = isNote
            let entry = try TicketWriter.comment(wish, on: ticket, in: tx)
            said.append("\(entry.kind.rawValue): \(entry.body)")
        }
        return said
    }

    private static func move(
        _ old: Ticket, _ actions: TriggerActions, _ policy: TicketingPolicy,
        in tx: WriteTransaction
    ) throws -> [String] {
        guard let state = actions.to, state != old.state else { return [] }
        var wish = TransitionTicket()
        wish.ticket = old.key
        wish.to = state
        wish.holdReason = actions.holdReason
        if let text = actions.resolution {
            let filled = try PlacedText(ofTicket: text, at: "actions", policy.fields)
                .filled(by: TicketFacts(old))
            wish.resolution = filled.isBlank ? nil : filled
        }
        wish.resolutionCode = actions.resolutionCode
        let moved = try TicketWriter.moved(old, wish, in: tx)
        try TicketGate.pass(old, to: moved, policy.changes, in: tx)
        _ = try TicketWriter.update(old, to: moved, as: "ticket.transitioned", in: tx)
        return ["\(old.state.rawValue) -> \(moved.state.rawValue)"]
    }
}
